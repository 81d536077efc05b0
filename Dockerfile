# The product alone; database and broker come from docker-compose.yml.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HALFMOON_HOME=/var/lib/halfmoon \
    HALFMOON_BIND=0.0.0.0 \
    PROMETHEUS_MULTIPROC_DIR=/tmp/halfmoon-metrics

RUN useradd --system --uid 10001 --home-dir /var/lib/halfmoon --create-home --shell /usr/sbin/nologin halfmoon

WORKDIR /srv/halfmoon
COPY requirements.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements.lock

COPY manage.py ./
COPY config ./config
COPY dealers ./dealers
COPY pricing ./pricing
COPY aftersales ./aftersales
COPY rebates ./rebates
COPY settlement ./settlement
COPY templates ./templates
COPY locale ./locale
RUN python -m config.translations && python -m compileall -q .

USER halfmoon
VOLUME ["/var/lib/halfmoon"]
EXPOSE 8000
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application"]
