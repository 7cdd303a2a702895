# enrow-phone for schedulers that start containers. The ledger lives on the volume `/ledger`:
#
#   docker run --rm -i -v enrow-ledger:/ledger -e ENROW_API_KEY enrow-phone bulk - < contacts.csv > out.csv
#
# Files of the host are mounted on `/work`, and both folders must belong to whoever runs it:
#
#   docker run --rm --user "$(id -u):$(id -g)" -v "$HOME/.enrow":/ledger -v "$PWD":/work -e ENROW_API_KEY \
#     enrow-phone bulk contacts.csv -o out.csv
#
# The entry refuses to spend when no volume is mounted: a ledger that vanishes with its container pays twice.

FROM docker.io/library/rust:1.97.1-trixie@sha256:b1b3c9c0d921d7fa0a6d1f9ec7e4eab87f8c8ec97644c3d791450f131dec813f AS build
WORKDIR /src
COPY . .
RUN cargo install --locked --features cli cargo-about@0.9.3 \
    && cargo install --locked cargo-auditable@0.7.7 \
    && .github/packaging/licences THIRD-PARTY-LICENSES.txt
RUN .github/packaging/build && cp target/*/release/enrow-phone .

FROM docker.io/library/debian:trixie-slim@sha256:d7e12182ce18b85b93007c1dedf31f2d29e01ccf3182cc4017c709b6259bc132
# TLS trusts what the system trusts.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin enrow-phone \
    && install -d -o enrow-phone -g enrow-phone -m 0700 /ledger \
    && install -d -o enrow-phone -g enrow-phone /work
COPY --from=build /src/enrow-phone /usr/local/bin/
COPY .github/packaging/container-entry /usr/local/bin/
COPY LICENSE /usr/share/doc/enrow-phone/
COPY --from=build /src/THIRD-PARTY-LICENSES.txt /usr/share/doc/enrow-phone/

# No VOLUME line on purpose: it would give every forgetful run a ledger of its own, and drop it afterwards.
ENV ENROW_PHONE_LEDGER=/ledger/ledger.db
USER enrow-phone
WORKDIR /work
ENTRYPOINT ["container-entry"]
CMD ["--help"]
