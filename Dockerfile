FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY mockapi mockapi
COPY fixtures fixtures
COPY scripts/hatch_build.py scripts/
RUN python -m venv /opt/mockapi && /opt/mockapi/bin/pip install --no-cache-dir '.[fast,redis]'

FROM python:3.13-slim
# By number, so that Kubernetes can tell that it is not root.
RUN groupadd --system --gid 10001 mockapi && useradd --system --no-create-home --uid 10001 --gid 10001 mockapi
COPY --from=build /opt/mockapi /opt/mockapi
USER 10001:10001
ENV MOCKAPI_HOST=0.0.0.0 MOCKAPI_PORT=8080 PYTHONUNBUFFERED=1
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=2s --start-period=10s --retries=3 \
  CMD ["/opt/mockapi/bin/python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"MOCKAPI_PORT\"]}/ready', timeout=1)"]
ENTRYPOINT ["/opt/mockapi/bin/mockapi"]
