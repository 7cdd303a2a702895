//! Opening a ledger on a server: certificates, passwords, rights, and servers that cannot keep a promise. What is said
//! of each is compared as a whole.

use super::{Team, from_host, team, team_on};
use crate::support::people::people_csv;
use crate::support::postgres::{Server, give_to_somebody, own_server};
use enrow_phone::sandbox::Settings;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Makes an authority and a certificate of it for the server: the kind of key, for whom, and for how many days.
fn certificate(folder: &Path, kind: &str, name: &str, days: &str) {
    let script = r#"set -e
        key() { openssl genpkey -quiet -algorithm $1 -out "$2"; }
        key "$1" ca.key; key "$1" server.key
        openssl req -x509 -new -key ca.key -subj '/CN=authority of the test' -days 2 -out ca.crt
        openssl req -new -key server.key -subj '/CN=server of the test' -out server.csr
        printf 'subjectAltName=%s\n' "$2" >names
        openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile names -days "$3" -out server.crt"#;
    let made = Command::new("sh")
        .args(["-c", script, "sh", kind, name, days])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// An address of this machine that no other process of the tests listens at.
pub(super) fn own_address(server: u8) -> String {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    format!("127.{}.{b}.{c}", 64 * (server + 1) + a)
}

/// Starts the server anew with this certificate, or without any.
fn restart(server: &Server, folder: &Path, has_tls: bool) {
    let data = server.folder().join("data");
    for name in ["server.crt", "server.key"].into_iter().filter(|_| has_tls) {
        fs::copy(folder.join(name), data.join(name)).unwrap();
        fs::set_permissions(data.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        give_to_somebody(&data.join(name));
    }
    let is_on = if has_tls { "on" } else { "off" };
    fs::write(data.join("postgresql.auto.conf"), format!("ssl = {is_on}\n")).unwrap();
    server.crash();
    server.run();
}

#[cfg(target_os = "linux")]
#[test]
fn certificates_are_verified_and_what_is_wrong_with_one_is_said() {
    const RSA: &str = "RSA";
    const P256: &str = "EC -pkeyopt ec_paramgen_curve:P-256";
    const P384: &str = "EC -pkeyopt ec_paramgen_curve:P-384";
    const ED25519: &str = "ED25519";
    let host = own_address(0);
    let listen = format!("-c listen_addresses={host}");
    let Some(server) = own_server("tls", &listen) else { return };
    let server: &'static Server = Box::leak(Box::new(server));
    let Some(team) = team_on(Some(server), Settings::default()) else { return };
    let Team { env, database, .. } = &team;
    team.sql("CREATE ROLE ada LOGIN SUPERUSER PASSWORD 's3cret'");
    let data = server.folder().join("data");
    fs::write(data.join("pg_hba.conf"), "local all all trust\nhost all all all scram-sha-256\n")
        .unwrap();
    env.write("people.csv", people_csv(3));
    let folder = env.path("certificates");
    let elsewhere = env.path("elsewhere");
    for folder in [&folder, &elsewhere] {
        fs::create_dir(folder).unwrap();
    }
    let here = format!("IP:{host}");
    certificate(&elsewhere, P256, &here, "2");
    let bound = "&channel_binding=require";
    let fine: &[(&str, i32, &str)] = &[("", 0, ""), (bound, 0, "")];
    let of_another = format!("&sslrootcert={}", elsewhere.join("ca.crt").display());
    for (kind, name, days, has_tls, cases) in [
        (RSA, &*here, "2", true, fine),
        (P256, &here, "2", true, fine),
        (P384, &here, "2", true, &[fine[0], fine[1], (&of_another, 1, "invalid peer certificate")]),
        (ED25519, &here, "2", true, &[fine[0], (bound, 1, "channel binding")]),
        (P256, "DNS:db.example", "2", true, &[("", 1, "not valid for name")]),
        (P256, &here, "-1", true, &[("", 1, "Expired")]),
        (P256, &here, "2", false, &[("", 1, "TLS")]),
    ] {
        certificate(&folder, kind, name, days);
        restart(server, &folder, has_tls);
        let own = format!("&sslrootcert={}", folder.join("ca.crt").display());
        for &(params, code, says) in cases {
            let roots = if params.contains("sslrootcert") { "" } else { &own };
            let address =
                format!("postgres://ada@{host}/{database}?sslmode=verify-full{roots}{params}");
            let call = from_host(env, 1, &address, &["people.csv", "-o", "out.csv"]);
            let run = call.env("PGPASSWORD", "s3cret").run();
            run.exits(code).says(says).does_not_say("s3cret").does_not_say("panicked");
            if code != 0 {
                run.says("nothing was sent");
            }
        }
    }
    // The last server has no TLS: what it is told in the clear stays on this machine.
    let address = format!("postgres://ada@{host}/{database}");
    let pass = env.write("pass", format!("{host}:5432:*:ada:s3cret\n"));
    let with_file = |mode| {
        fs::set_permissions(&pass, fs::Permissions::from_mode(mode)).unwrap();
        let call = from_host(env, 1, &address, &["people.csv", "-o", "out.csv"]);
        call.env("PGPASSFILE", &pass).run()
    };
    with_file(0o600).exits(0);
    with_file(0o644)
        .exits(1)
        .says("is not used: other users can read or change it")
        .says("chmod 600")
        .says("nothing was sent")
        .does_not_say("s3cret");
    let call = from_host(env, 1, &address, &["people.csv", "-o", "out.csv"]);
    call.env("PGPASSWORD", "wrong")
        .run()
        .exits(1)
        .says("refuses this user")
        .does_not_say("wrong\"");
    env.assert_posts(1);
}

#[test]
fn a_server_that_only_repeats_another_is_refused() {
    let Some(primary) = own_server("primary", "") else { return };
    let primary: &'static Server = Box::leak(Box::new(primary));
    let Some(team) = team_on(Some(primary), Settings::default()) else { return };
    team.env.write("people.csv", people_csv(3));
    let list = ["people.csv", "-o", "out.csv"];
    from_host(&team.env, 1, &team.address(), &list).run().exits(0);
    let standby = primary.standby("standby");
    let there = standby.address(&team.database);
    let refused = from_host(&team.env, 2, &there, &list).run();
    refused.exits(1).says("is a read-only copy").says("nothing was sent");
}

#[test]
fn a_server_without_a_ledger_is_named_without_its_password() {
    let Some(team) = team() else { return };
    let address = team.address().replace("postgres://postgres@", "postgres://postgres:s3cret@");
    for args in
        [&["ledger", "info"][..], &["ledger", "info", "--json"], &["ledger", "move", "x.db"]]
    {
        let run = team.env.command(args).ledger(&address).run();
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(&team.database) && !said.contains("s3cret"), "{args:?}: {said}");
    }
}
