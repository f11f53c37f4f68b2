//! Where data may be: the regions of mainland China, unless a deployment says otherwise (C-5.1).

/// The regions of mainland China: Beijing and Ningxia.
pub const MAINLAND: [&str; 2] = ["cn-north-1", "cn-northwest-1"];

/// Whether the residency guard is on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Residency {
    /// Data stays in mainland China.
    Kept,
    /// The operator lifted the guard.
    Lifted,
}

impl Residency {
    /// Whether data may be in a region.
    pub fn admits(self, region: &str) -> bool {
        self == Self::Lifted || MAINLAND.contains(&region)
    }
}

/// A resource by its ARN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place<'a> {
    /// The region that the ARN names.
    pub region: &'a str,
    /// The resource's own name: what follows the last separator.
    pub name: &'a str,
}

impl<'a> Place<'a> {
    /// Reads an ARN: `arn:partition:service:region:account:resource`. `None` where it is none.
    pub fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let (region, resource) = (parts.nth(2)?, parts.nth(1)?);
        let name = resource.rsplit(['/', ':']).next()?;
        (!region.is_empty() && !name.is_empty()).then_some(Self { region, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_5_1_only_the_mainland_is_admitted_until_the_guard_is_lifted() {
        for region in MAINLAND {
            assert!(Residency::Kept.admits(region));
        }
        for region in ["ap-east-1", "us-east-1", "cn-north-2", "cn-north-1a", ""] {
            assert!(!Residency::Kept.admits(region), "{region}");
            assert!(Residency::Lifted.admits(region), "{region}");
        }
    }

    #[test]
    fn a_place_is_read_from_an_arn_and_from_nothing_else() {
        let place = |arn| Place::of(arn).map(|place| (place.region, place.name));
        let table = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/center-Records-1AB";
        assert_eq!(place(table), Some(("cn-north-1", "center-Records-1AB")));
        let key = "arn:aws:kms:us-east-1:123456789012:key/vault";
        assert_eq!(place(key), Some(("us-east-1", "vault")));
        for odd in
            ["Records", "", "arn:aws-cn:dynamodb", "arn:aws:iam::123456789012:role/a", "arn:::::"]
        {
            assert_eq!(place(odd), None, "{odd}");
        }
    }
}
