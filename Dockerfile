# The reconciler as an image: built with everything pinned by hash, run as nobody in particular.
#
#   docker build -t reconciler .
#   docker build -t reconciler:platform --build-arg LOCK=platform .    with the embedded platform
#   docker run --rm -v "$PWD:/workspace" --user "$(id -u):$(id -g)" reconciler validate manifests
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS build
ARG LOCK=base
WORKDIR /build
COPY requirements requirements
COPY deploy/docker/install.sh deploy/docker/install.sh
RUN sh deploy/docker/install.sh dependencies /usr/local/lib/reconciler "$LOCK"
COPY pyproject.toml README.md LICENSE ./
COPY reconciler reconciler
RUN sh deploy/docker/install.sh project /usr/local/lib/reconciler

FROM python:${PYTHON_VERSION}-slim
COPY --from=build /usr/local/lib/reconciler /usr/local/lib/reconciler
ENV PATH=/usr/local/lib/reconciler/bin:$PATH
# Manifests, reconciler.yaml and the default ledger are in the folder mounted here.
WORKDIR /workspace
USER 65532:65532
ENTRYPOINT ["reconciler"]
CMD ["--help"]
