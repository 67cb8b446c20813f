# docker build --build-arg WEIR_COMMIT=$(git rev-parse HEAD) -t weir .
# docker run --read-only --stop-timeout 40 -p 8080:8080 -v ./policy-config.yaml:/etc/weir/policy-config.yaml:ro -v weir:/var/lib/weir -e MISTRAL_API_KEY weir

FROM node:22-bookworm-slim AS build
WORKDIR /weir
COPY . .
ARG WEIR_COMMIT
RUN . ./scripts/toolchain/setup.sh && bun run build && mkdir state

# glibc and little else: no shell, no package manager. User 65532.
FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=build /weir/dist/weir /usr/local/bin/weir
COPY --from=build --chown=65532:65532 /weir/state /var/lib/weir
ENV NODE_ENV=production WEIR_STATE_DIR=/var/lib/weir
VOLUME /var/lib/weir
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/weir", "gateway", "run", "--listen", "0.0.0.0:8080", "--policy-config", "/etc/weir/policy-config.yaml"]
