# Runs the Discord bot: it reads releases from /releases and keeps its index in /data.
# compose.yaml is the shortest way. Without it:
#
#   docker build -t verbatim .
#   docker run -e DISCORD_TOKEN=… -v ./my-releases:/releases:ro -v verbatim-data:/data verbatim
#
# The bundled models need neither PyTorch nor sentence-transformers, so the image has neither.
# For other models (VERBATIM_MODEL, VERBATIM_RERANKER), which makes it 1.3 GB larger:
#
#   docker build --build-arg MODELS=all -t verbatim .
#
# For an index in PostgreSQL (VERBATIM_STORE; see docs/postgresql.md):
#
#   docker build --build-arg POSTGRES=yes -t verbatim .

FROM python:3.11-slim AS build
ARG MODELS=bundled
ARG POSTGRES=no
WORKDIR /src
COPY requirements ./requirements
RUN python -m venv --without-pip /opt/verbatim
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/build.txt
RUN pip --python /opt/verbatim/bin/python install --no-cache-dir --no-compile --no-deps \
    --require-hashes -r requirements/runtime.txt
RUN if [ "$POSTGRES" = yes ]; then \
        pip --python /opt/verbatim/bin/python install --no-cache-dir --no-compile --no-deps \
            --require-hashes -r requirements/postgres.txt; \
    fi
# torch's CPU build: the one with CUDA is several gigabytes larger, and Verbatim does not use it.
RUN if [ "$MODELS" = all ]; then \
        pip --python /opt/verbatim/bin/python install --no-cache-dir --no-compile \
            torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
        && pip --python /opt/verbatim/bin/python install --no-cache-dir --no-compile \
            "sentence-transformers>=6,<7" "transformers>=5,<6"; \
    fi
COPY pyproject.toml README.md LICENSE ./
COPY embeddings ./embeddings
COPY retrieval ./retrieval
COPY bot ./bot
COPY seeds ./seeds
RUN pip wheel --no-cache-dir --no-deps --no-index --no-build-isolation -w /wheels .
RUN pip --python /opt/verbatim/bin/python install --no-compile --no-deps --no-index /wheels/*.whl
COPY packaging/trim.sh ./packaging/trim.sh
RUN sh packaging/trim.sh /opt/verbatim

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home verbatim \
    && mkdir /data /releases \
    && chown verbatim /data
COPY --from=build /opt/verbatim /opt/verbatim
USER 10001
ENV PATH=/opt/verbatim/bin:$PATH VERBATIM_DATA=/data VERBATIM_RELEASES=/releases VERBATIM_HEALTH_PORT=9464
VOLUME /data
# Connected to Discord, and able to answer. The first index may take as long as its releases need.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10m CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/healthz', timeout=5)"]
ENTRYPOINT ["verbatim"]
CMD ["bot"]
