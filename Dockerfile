FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY mockapi mockapi
COPY fixtures fixtures
RUN python -m venv /opt/mockapi && /opt/mockapi/bin/pip install --no-cache-dir '.[fast]'

FROM python:3.13-slim
RUN useradd --system --no-create-home mockapi
COPY --from=build /opt/mockapi /opt/mockapi
USER mockapi
ENV MOCKAPI_HOST=0.0.0.0 MOCKAPI_PORT=8080 PYTHONUNBUFFERED=1
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --retries=3 \
  CMD ["/opt/mockapi/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health', timeout=1)"]
ENTRYPOINT ["/opt/mockapi/bin/mockapi"]
