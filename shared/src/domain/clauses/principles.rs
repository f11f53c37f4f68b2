//! The seven principles that the policy names at its head (C-1.3).

use crate::domain::locale::{Text, text};

/// A principle of the policy.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Principle {
    /// Whoever handles the information answers for it.
    RightsMatchDuties,
    /// Each item is there for a purpose that was said.
    ClearPurpose,
    /// The person chooses and consents.
    Consent,
    /// No more than is needed, for no longer.
    Minimum,
    /// What is done can be read.
    Openness,
    /// What is held is protected.
    Security,
    /// The person takes part.
    Participation,
}

impl Principle {
    /// Every principle, in the policy's order.
    pub const ALL: [Self; 7] = [
        Self::RightsMatchDuties,
        Self::ClearPurpose,
        Self::Consent,
        Self::Minimum,
        Self::Openness,
        Self::Security,
        Self::Participation,
    ];

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RightsMatchDuties => "rights_match_duties",
            Self::ClearPurpose => "clear_purpose",
            Self::Consent => "consent",
            Self::Minimum => "minimum",
            Self::Openness => "openness",
            Self::Security => "security",
            Self::Participation => "participation",
        }
    }

    /// What it is called.
    pub const fn title(self) -> Text {
        match self {
            Self::RightsMatchDuties => text("Rights match duties", "权责一致"),
            Self::ClearPurpose => text("A clear purpose", "目的明确"),
            Self::Consent => text("Choice and consent", "选择同意"),
            Self::Minimum => text("As little as is needed", "最小够用"),
            Self::Openness => text("Openness", "公开透明"),
            Self::Security => text("Security", "确保安全"),
            Self::Participation => text("The person takes part", "主体参与"),
        }
    }
}
