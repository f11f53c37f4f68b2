//! Rotations after a restore of the jobs: the pointers were not restored, and say where they are.

use super::job::{self, Job};
use super::{Stage, known_everywhere, read};
use crate::error::Result;
use crate::ports::Ports;
use crate::store::{Transaction, When};
use crate::vault::RootUse;

/// Makes the job of every rotation what its pointer says, whatever a restored table has.
///
/// Where two roots are in use, a whole pass to the current one begins anew, and what it leaves is
/// retired: if the rotation had only been announced, that is the root that nothing is under.
pub(crate) async fn rebuild(ports: &Ports) -> Result<()> {
    for usage in RootUse::ALL {
        let [row] = ports.store.get(&[job::key(usage)]).await?;
        let version = row.as_ref().map(|row| row.version);
        let when = version.map_or(When::Absent, When::Version);
        let before = row.and_then(|row| Job::read(usage, row).ok());
        let (pointer, _) = read(ports, usage).await?;
        let stage = match (&pointer.other, pointer.past.is_empty()) {
            (Some(_), _) => Stage::Passing,
            (None, false) => Stage::Resting,
            (None, true) => Stage::Idle,
        };
        let mut transaction = Transaction::new();
        if stage == Stage::Idle {
            let Some(version) = version else { continue };
            transaction.delete("job", job::key(usage), When::Version(version));
        } else {
            let times = (ports.clock.now(), known_everywhere(ports));
            let mut job = Job::announced(usage, pointer.current, before, times);
            job.stage = stage;
            transaction.put("job", job.row(), when);
        }
        ports.store.write(transaction).await?;
    }
    Ok(())
}
