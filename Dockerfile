# Builds the hub and makes an image that runs it with the models in model/. No step needs BuildKit.
#
#   docker build -t tickcast .                          with the native TensorFlow engine
#   docker build -t tickcast --build-arg ENGINE=wasm .  on WebAssembly; about 650 MB smaller
#   docker run --rm --read-only -p 3000:3000 tickcast --open        for everybody who reaches this machine
#   docker run --rm --read-only -p 3000:3000 tickcast               prints the page's address with a token for this run
#
# glibc, because neither TensorFlow's library nor ONNX Runtime runs on musl.

FROM node:24-bookworm-slim AS build
WORKDIR /app
# The manifests alone, so that a change of the source does not install again.
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
# TypeScript needs the packages' types, not what their install scripts fetch.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY shared shared
COPY command-line command-line
COPY tfjs-layer tfjs-layer
COPY server server
COPY cli cli
COPY client client
COPY dashboard dashboard
RUN npx tsc -b server cli && npm run --silent build:web && find dist -name '*.d.ts' -delete

FROM node:24-bookworm-slim AS packages
ARG ENGINE=native
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
# The native engine is an optional package: where its library cannot be fetched npm leaves it out, and the hub runs on wasm.
RUN case "$ENGINE" in native) omit= ;; wasm) omit=--omit=optional ;; *) echo "ENGINE is $ENGINE, expected native or wasm"; exit 1 ;; esac \
  && npm ci --omit=dev $omit --workspaces=false --no-audit --no-fund \
  && find node_modules -name '*.map' -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
  TICKCAST_HOST=0.0.0.0 \
  TICKCAST_PORT=3000 \
  TICKCAST_PREDICTION_LOG_FOLDER=/var/log/tickcast
# For whoever mounts a volume here: a new named one takes over these rights, so that any user may write. No VOLUME: the log is off
# unless it is asked for, and each container would leave an anonymous volume behind.
WORKDIR /var/log/tickcast
RUN chmod 1777 .
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist/shared dist/shared
COPY --from=build /app/dist/command-line dist/command-line
COPY --from=build /app/dist/tfjs-layer dist/tfjs-layer
COPY --from=build /app/dist/server dist/server
COPY --from=build /app/dist/web dist/web
COPY --from=build /app/dist/cli dist/cli
COPY --from=build /app/dist/client dist/client
COPY model model
# The image's user "node", by number: Kubernetes cannot tell that a name is not root (runAsNonRoot).
USER 1000:1000
EXPOSE 3000
# Another port: -e TICKCAST_PORT, which this check reads too.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.TICKCAST_PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: node is process 1 and gets SIGTERM. Options of the hub go after the image's name.
ENTRYPOINT ["node", "dist/server/main.js"]
