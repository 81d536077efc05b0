import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;

/**
 * Reports one sale with nothing but the Java 11 library, retrying as the API asks.
 *
 * <pre>URL=http://127.0.0.1:8000/api/v1 KEY=… SKU=SKU-1 REGION=C001 java Halfmoon.java</pre>
 */
public final class Halfmoon {
    private static final Set<Integer> WORTH_ANOTHER_TRY = Set.of(429, 500, 502, 503, 504);
    private static final int ATTEMPTS = 8;

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private final String key;

    Halfmoon(String url, String key) {
        this.url = url;
        this.key = key;
    }

    /** Posts JSON and returns the answer's body; the same Idempotency-Key goes with every retry. */
    String post(String path, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/" + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
        long pause = 1;
        for (int tries = 1; ; tries++) {
            String failure;
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() < 300) {
                    return answer.body();
                }
                boolean stillRunning = answer.statusCode() == 409 && answer.body().contains("\"still_running\"");
                if (!WORTH_ANOTHER_TRY.contains(answer.statusCode()) && !stillRunning) {
                    throw new IllegalArgumentException(answer.statusCode() + " " + answer.body());
                }
                failure = "status " + answer.statusCode();
                pause = Math.max(pause, answer.headers().firstValueAsLong("Retry-After").orElse(0));
            } catch (IOException broken) {
                failure = broken.toString();
            }
            if (tries == ATTEMPTS) {
                throw new IOException(path + ": no answer after " + tries + " tries, the last: " + failure);
            }
            Thread.sleep(pause * 1000);
            pause = Math.min(pause * 2, 60);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Halfmoon halfmoon = new Halfmoon(given("URL"), given("KEY"));
        String soldAt = OffsetDateTime.now(ZoneOffset.ofHours(8)).truncatedTo(ChronoUnit.SECONDS).toString();
        String document = "JAVA-" + UUID.randomUUID();
        // Decimals go as text: a double would lose fen.
        String line = String.format(
            "{\"doc_no\": \"%s\", \"line_no\": 1, \"sold_at\": \"%s\", \"sku\": \"%s\", \"quantity\": 1,"
                + " \"unit_price\": \"999.00\", \"region\": \"%s\"}",
            document, soldAt, given("SKU"), given("REGION"));
        System.out.println(halfmoon.post("sales-reports", "{\"lines\": [" + line + "]}"));
    }

    private static String given(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("set " + name + " in the environment");
        }
        return value;
    }
}
