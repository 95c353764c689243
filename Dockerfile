# One image for web, worker, beat and migrate; compose.yaml says which command each runs.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/incidens72
WORKDIR /src
COPY requirements.lock ./
RUN /opt/incidens72/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY incidents incidents
COPY notifications notifications
COPY workers workers
COPY templates templates
RUN /opt/incidens72/bin/pip install --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin incidens72
COPY --from=build /opt/incidens72 /opt/incidens72
ENV PATH=/opt/incidens72/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /tmp
USER 10001:10001
EXPOSE 8072
CMD ["incidens72", "web"]
