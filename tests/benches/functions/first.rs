//! What the read of Init saves the first request: the connection to the database, which is there
//! already. On the loopback that is no TLS, which on Lambda is the larger part.

use crate::acts::Acts;
use crate::median;
use crate::world::World;
use shared::testing::binary::Binary;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// First requests of each kind.
const STARTS: usize = 7;

/// The median of first requests, with Init's read and where the database was not there for it;
/// nothing for a function that is not behind the HTTP API, whose caller waits for no answer.
pub(crate) async fn requests(world: &World, name: &str, path: &str) -> [Duration; 2] {
    if !Acts::is_api(name) {
        return [Duration::ZERO; 2];
    }
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        with.push(once(world, (name, path), Init::Reads).await);
        without.push(once(world, (name, path), Init::FindsNothing).await);
    }
    [median(with), median(without)]
}

/// What Init meets.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Init {
    Reads,
    FindsNothing,
}

async fn once(world: &World, (name, path): (&str, &str), init: Init) -> Duration {
    let open = Arc::new(AtomicBool::new(init == Init::Reads));
    let door = door(world.database(), open.clone()).await;
    let variables = world.variables(Some(&format!("http://{door}")));
    let binary = Binary::start(path, &variables).await.expect("starts");
    binary.polled().await.expect("its Init ends");
    open.store(true, Ordering::SeqCst);
    let began = Instant::now();
    Acts::of(name, world).one(&binary).await;
    began.elapsed()
}

/// A way to the database that hangs up on everyone while it is not open.
async fn door(database: &str, open: Arc<AtomicBool>) -> SocketAddr {
    let database: SocketAddr = database.trim_start_matches("http://").parse().expect("an address");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            if open.load(Ordering::SeqCst) {
                tokio::spawn(async move {
                    let mut inner = TcpStream::connect(database).await?;
                    copy_bidirectional(&mut caller, &mut inner).await
                });
            }
        }
    });
    address
}
