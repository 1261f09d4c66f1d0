# syntax=docker/dockerfile:1
# Three stages: the pages by Node, the packages from hash locks, and a small image that runs as an ordinary user.

FROM node:22-bookworm-slim AS pages
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-fund --no-audit
COPY tsconfig.json vite.config.ts ./
COPY frontend frontend
RUN mkdir -p src/crosscut/site/static && npm run build

FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/tools.lock requirements/container.lock requirements/
RUN python -m venv /opt/crosscut \
 && /opt/crosscut/bin/pip install --require-hashes -r requirements/container.lock \
 && python -m venv /opt/tools \
 && /opt/tools/bin/pip install --require-hashes -r requirements/tools.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY --from=pages /src/src/crosscut/site/static/build src/crosscut/site/static/build
RUN /opt/tools/bin/python -m hatchling build -t wheel \
 && /opt/crosscut/bin/pip install --no-deps --no-index dist/*.whl

FROM python:3.11-slim-bookworm AS run
RUN useradd --uid 10001 --create-home --home-dir /home/crosscut --shell /usr/sbin/nologin crosscut \
 && install -d -o crosscut -g crosscut -m 0700 /data
COPY --from=packages /opt/crosscut /opt/crosscut
COPY --chmod=0755 scripts/container-entry /usr/local/bin/container-entry
ENV PATH=/opt/crosscut/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CROSSCUT_HOME=/data
USER crosscut
VOLUME /data
EXPOSE 8000 8001
STOPSIGNAL SIGTERM
ENTRYPOINT ["container-entry"]
# compose.yaml starts each part in a container of its own; this one is the web server.
CMD ["web", "--bind", "0.0.0.0:8000", "--bind", "0.0.0.0:8001"]
