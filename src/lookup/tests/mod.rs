//! The real engine against the sandbox, on a real ledger file: what stands where when all is over.

mod meanwhile;
mod recover;
mod results;
pub(super) mod session;
mod submit;
pub(super) mod world;

use crate::units::Credits;
use std::time::Duration;
use tokio::task::{JoinSet, LocalSet};
use world::World;

/// Plays scenarios beside each other: most of their time is waiting.
async fn play(scenarios: impl IntoIterator<Item = impl Future<Output = ()> + 'static>) {
    let (local, mut playing) = (LocalSet::new(), JoinSet::new());
    for scenario in scenarios {
        playing.spawn_local_on(scenario, &local);
    }
    let end = async {
        while let Some(ended) = playing.join_next().await {
            ended.unwrap();
        }
    };
    local.run_until(end).await;
}

type Case = (&'static str, usize, fn(&mut World), &'static str);

/// One run for so many people, with these faults and settings.
async fn runs(table: &'static [Case]) {
    let of = |(faults, people, set, expected): &'static Case| async move {
        let mut world = World::of(faults);
        set(&mut world);
        world.run(0..*people).await.expect_in(faults, expected);
    };
    play(table.iter().map(of)).await;
}

/// The same for each of these faults.
async fn each<F>(table: &'static [(&'static str, &'static str)], scenario: impl Fn(World) -> F)
where
    F: Future<Output = World> + 'static,
{
    let of = |(faults, expected): &'static (&'static str, &'static str)| {
        let played = scenario(World::of(faults));
        async move { played.await.expect_in(faults, expected) }
    };
    play(table.iter().map(of)).await;
}

fn as_usual(_: &mut World) {}

fn ones(world: &mut World) {
    world.settings.batch_size = 1;
}

fn twos(world: &mut World) {
    world.settings.batch_size = 2;
}

fn budget(world: &mut World) {
    world.settings.max_credits = Some(Credits(160));
}

fn without_patience(world: &mut World) {
    world.patience = Duration::from_secs(3);
}

async fn until(holds: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(30), "waited for in vain");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
