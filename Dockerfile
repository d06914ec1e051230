# Runs the Discord bot: it reads releases from /releases and keeps its index in /data.
#
#   docker build -t verbatim .
#   docker run -e DISCORD_TOKEN=… -v ./my-releases:/releases:ro -v verbatim-data:/data verbatim
FROM python:3.11-slim

# The CPU build of torch. The CUDA build is several gigabytes larger, and Verbatim does not use it.
RUN pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu

WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY embeddings ./embeddings
COPY retrieval ./retrieval
COPY bot ./bot
COPY seeds ./seeds
RUN pip install --no-cache-dir . \
    && useradd --create-home verbatim \
    && mkdir /data /releases \
    && chown verbatim /data

USER verbatim
ENV VERBATIM_DATA=/data VERBATIM_RELEASES=/releases
VOLUME /data
ENTRYPOINT ["verbatim"]
CMD ["bot"]
