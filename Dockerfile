# Builds from a checkout: docker build -t rollcall . See docs/operators.md for how to run it.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm install --no-save --include=dev --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/web.ts
# What `npm pack` ships, with the versions of the lockfile. Without that file the launcher has nothing to install; Node is
# the image's own, not the platform package.
RUN npm pack --ignore-scripts --pack-destination /tmp \
 && mkdir /app \
 && tar -xzf /tmp/rollcall-*.tgz -C /app --strip-components=1 \
 && cp package-lock.json /app/ \
 && cd /app \
 && npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf package-lock.json node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-bin-*

FROM node:24-bookworm-slim
RUN mkdir -m 0700 /data && chown node:node /data
COPY --from=build /app /opt/rollcall
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/opt/rollcall/rollcall"]
CMD ["serve", "--host", "0.0.0.0", "--data-dir", "/data"]
