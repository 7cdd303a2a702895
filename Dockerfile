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

FROM docker.io/library/rust:1-trixie AS build
WORKDIR /src
COPY . .
RUN cargo install --locked --features cli cargo-about@0.9.3 \
    && cargo install --locked cargo-auditable@0.7.7 \
    && .github/packaging/licences THIRD-PARTY-LICENSES.txt
# As in .github/workflows/release.yml: without what no statement of ours uses, with the list of dependencies inside.
ENV CFLAGS="-fstack-protector-strong" \
    LIBSQLITE3_FLAGS="-USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_LOAD_EXTENSION -DSQLITE_OMIT_LOAD_EXTENSION -USQLITE_ENABLE_RTREE -USQLITE_SOUNDEX -USQLITE_USE_URI" \
    RUSTFLAGS="--remap-path-prefix=/src=/src --remap-path-prefix=/usr/local/cargo=/home"
RUN cargo auditable build --release --locked

FROM docker.io/library/debian:trixie-slim
# TLS trusts what the system trusts.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin enrow-phone \
    && install -d -o enrow-phone -g enrow-phone -m 0700 /ledger \
    && install -d -o enrow-phone -g enrow-phone /work
COPY --from=build /src/target/release/enrow-phone /usr/local/bin/
COPY .github/packaging/container-entry /usr/local/bin/
COPY LICENSE /usr/share/doc/enrow-phone/
COPY --from=build /src/THIRD-PARTY-LICENSES.txt /usr/share/doc/enrow-phone/

# No VOLUME line on purpose: it would give every forgetful run a ledger of its own, and drop it afterwards.
ENV ENROW_PHONE_LEDGER=/ledger/ledger.db
USER enrow-phone
WORKDIR /work
ENTRYPOINT ["container-entry"]
CMD ["--help"]
