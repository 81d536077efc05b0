#!/bin/sh
# Report one sale and one stock count with nothing but curl, and look where one stands.
#   URL=http://127.0.0.1:8000/api/v1 KEY=… SKU=SKU-1 REGION=C001 ./report.sh
set -eu
: "${URL:?the address of the API, for example http://127.0.0.1:8000/api/v1}" "${KEY:?an API key}"
: "${SKU:?a product}" "${REGION:?the code of the city sold in}"
NOW=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
DOC="CURL-$(date +%s)"

# --retry also covers 408, 429 and 5xx, and waits as Retry-After says; the key makes a retry the same request.
call() { curl -sS --fail-with-body --retry 5 --retry-connrefused --max-time 60 -H "Authorization: Bearer $KEY" "$@"; echo; }

call "$URL/sales-reports" -H "Idempotency-Key: $DOC-sales" -H 'Content-Type: application/json' --data @- <<JSON
{"lines": [{"doc_no": "$DOC", "line_no": 1, "sold_at": "$NOW", "sku": "$SKU", "quantity": 1,
            "unit_price": "${PRICE:-999.00}", "region": "$REGION"}]}
JSON

call "$URL/inventory-reports" -H "Idempotency-Key: $DOC-stock" -H 'Content-Type: application/json' --data @- <<JSON
{"as_of": "$NOW", "lines": [{"sku": "$SKU", "on_hand": 12}]}
JSON

call "$URL/me"
