# One image for app, worker and migrations; the command says which. Pages are built in a stage of their own.
FROM node:24-slim AS web
WORKDIR /web
COPY web/package.json web/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.12-slim AS packages
COPY requirements/app.txt /tmp/app.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/app.txt \
  && echo /app/src > "$(/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/frontrow.pth"

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home frontrow
COPY --from=packages /venv /venv
WORKDIR /app
COPY migrations/ migrations/
COPY src/ src/
COPY --from=web /web/dist web/dist
# Compiled once here rather than at every start of a task.
RUN /venv/bin/python -m compileall -q src migrations && mkdir /data && chown frontrow /data
USER frontrow
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FRONTROW_ENVIRONMENT=production \
    FRONTROW_LISTEN_HOST=0.0.0.0 \
    FRONTROW_HOME=/data \
    FRONTROW_OBJECTS__FOLDER=/data/objects \
    FRONTROW_SECRETS__FILE=/data/secrets.json
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('FRONTROW_LISTEN_PORT', '8000') + '/health', timeout=2)"]
ENTRYPOINT ["python", "-m", "frontrow.cli"]
CMD ["serve"]
