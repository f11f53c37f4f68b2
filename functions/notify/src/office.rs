//! The carrier of a deployed function: each channel as the sealed settings have it.

use crate::carrier::{Carried, Carrier, Cause, Handed, Letter};
use crate::smtp::Smtp;
use crate::webhook::Webhook;
use shared::domain::contact::Channel;
use shared::domain::time::Timestamp;
use shared::error::Result;
use shared::ports::Ports;
use shared::records::configuration::{self, Delivery};
use std::sync::{Arc, Mutex, PoisonError};

/// The settings that were read last, kept for as long as root keys are.
#[derive(Default)]
pub struct Office(Mutex<Option<(Timestamp, Arc<Lines>)>>);

/// The lines out of the house.
#[derive(Default)]
struct Lines {
    mail: Option<Smtp>,
    text: Option<Webhook>,
}

impl Office {
    /// The carrier over these ports.
    pub const fn open<'a>(&'a self, ports: &'a Ports) -> Counter<'a> {
        Counter { office: self, ports }
    }

    /// Writes new settings, where each of them can be used. Other environments of the function
    /// take them up when what they keep is old.
    ///
    /// # Errors
    ///
    /// `Config`, naming every setting that cannot be used; `Conflict` where somebody else
    /// configures at the same time.
    pub async fn configure(&self, ports: &Ports, settings: &Delivery) -> Result<()> {
        let lines = Lines::of(ports, settings)?;
        configuration::write(ports, settings).await?;
        self.keep(ports.clock.now(), Arc::new(lines));
        Ok(())
    }

    async fn lines(&self, ports: &Ports) -> Result<Arc<Lines>> {
        let now = ports.clock.now();
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let fresh = |read: Timestamp| read <= now && now < read.plus(ports.config.root_cache);
        if let Some((_, lines)) = kept.filter(|(read, _)| fresh(*read)) {
            return Ok(lines);
        }
        let lines = match configuration::read(ports).await? {
            Some(settings) => Arc::new(Lines::of(ports, &settings)?),
            // Not kept: what is configured now is used at once.
            None => return Ok(Arc::default()),
        };
        self.keep(now, lines.clone());
        Ok(lines)
    }

    fn keep(&self, now: Timestamp, lines: Arc<Lines>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, lines));
    }
}

impl Lines {
    fn of(ports: &Ports, settings: &Delivery) -> Result<Self> {
        let gateway = |settings| Webhook::new(settings, ports.clock.clone());
        let mail = settings.mail.as_ref().map(Smtp::new).transpose()?;
        let text = settings.text.as_ref().map(gateway).transpose()?;
        Ok(Self { mail, text })
    }
}

/// Where messages are handed in.
pub struct Counter<'a> {
    office: &'a Office,
    ports: &'a Ports,
}

impl Counter<'_> {
    async fn hand_in(&self, letter: &Letter) -> Handed {
        let lines = match self.office.lines(self.ports).await {
            Ok(lines) => lines,
            Err(error) => {
                tracing::warn!(cause = error.chain(), "the settings of delivery cannot be read");
                return Handed::Later(Cause::Unconfigured, None);
            }
        };
        match (letter.message.channel, &lines.mail, &lines.text) {
            (Channel::Email, Some(mail), _) => mail.carry(letter).await,
            (Channel::Phone, _, Some(text)) => text.carry(letter).await,
            (channel, ..) => {
                let channel = channel.name();
                tracing::warn!(channel, "no settings for this channel; see docs/delivery.md");
                Handed::Later(Cause::Unconfigured, None)
            }
        }
    }
}

impl Carrier for Counter<'_> {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        Box::pin(self.hand_in(letter))
    }
}
