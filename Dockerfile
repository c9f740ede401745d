# The server and its pages, each built in one image, run in another that has nothing it does not need.
FROM node:22-slim AS pages
WORKDIR /source/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web .
RUN npm run build

FROM rust:1.95-slim-trixie AS build
RUN apt-get update && apt-get install --yes --no-install-recommends gcc g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
COPY --from=pages /source/web/dist web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/source/target \
    cargo build --release --locked --package tessera-server && cp target/release/tessera /tessera

FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/tessera tessera
COPY --from=build /tessera /usr/local/bin/tessera
USER tessera
WORKDIR /var/lib/tessera
ENV HOST=0.0.0.0 PORT=3001 LOG_FORMAT=json
EXPOSE 3001
ENTRYPOINT ["tessera"]
CMD ["serve"]
