# One image for app, worker and migrations; the command says which. Pages are built in a stage of their own.
# It writes to /data alone, so it runs with a read-only root (docker run --read-only).
FROM node:24-bookworm-slim AS web
WORKDIR /web
COPY web/package.json web/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund --omit=dev
COPY web/ ./
RUN npm run build

# The Python that the pins are made for and the tests run on.
FROM python:3.11-slim-bookworm AS packages
COPY requirements/tools.txt requirements/server.txt /tmp/
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --require-hashes -r /tmp/tools.txt \
  && python -m venv --without-pip /venv \
  && /tools/bin/uv pip install --python /venv --system-certs --no-cache --compile-bytecode --require-hashes -r /tmp/server.txt \
  && echo /app/src > "$(/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/frontrow.pth"

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 frontrow \
  && useradd --uid 10001 --gid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin frontrow
COPY --from=packages /venv /venv
WORKDIR /app
COPY migrations/ migrations/
COPY src/ src/
COPY --from=web /web/dist web/dist
# Compiled once here: at a start nothing could be written.
RUN /venv/bin/python -m compileall -q src migrations
# A volume of the cloud's tasks gets this folder's owner, but only where the image says that it is one.
VOLUME /data
# By number, so that whoever starts it can see that it isn't root.
USER 10001:10001
# A path, and no secret, is what the last of these says.
# hadolint ignore=DL3064
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data \
    TMPDIR=/data \
    FRONTROW_ENVIRONMENT=production \
    FRONTROW_LISTEN_HOST=0.0.0.0 \
    FRONTROW_HOME=/data \
    FRONTROW_OBJECTS__FOLDER=/data/objects \
    FRONTROW_SECRETS__FILE=/data/secrets.json
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('FRONTROW_LISTEN_PORT', '8000') + '/health', timeout=2)"]
ENTRYPOINT ["python", "-m", "frontrow.cli"]
CMD ["serve"]
