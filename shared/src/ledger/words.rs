//! What the names in an entry mean, in words: the act, who acted, and what it rests on.

use super::{Action, Actor};
use crate::domain::clauses;
use crate::domain::inventory::Purpose;
use crate::domain::locale::{Text, text};

impl Action {
    /// What was done, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Registered => text("the account was registered", "注册账号"),
            Self::SessionOpened => text("a log-in", "登录"),
            Self::SessionEnded => text("a session was ended", "结束会话"),
            Self::SessionFreshened => text("you proved again that it is you", "再次验证身份"),
            Self::Corrected => text("the profile was corrected", "更正资料"),
            Self::ContactAdded => text("a contact was added", "添加联系方式"),
            Self::ContactChanged => {
                text("a contact was changed, not yet for good", "变更联系方式（尚未最终生效）")
            }
            Self::ContactRemoved => {
                text("a contact was removed, not yet for good", "移除联系方式（尚未最终生效）")
            }
            Self::ContactChangeFrozen => text(
                "a change of contact was frozen from the contact before",
                "联系方式变更被原联系方式冻结",
            ),
            Self::ContactChangeTakenBack => {
                text("a change of contact was taken back", "撤回联系方式变更")
            }
            Self::ContactChangeFinished => {
                text("a change of contact became final", "联系方式变更最终生效")
            }
            Self::ContactDetached => text(
                "a contact was taken out of the account by its holder",
                "联系方式被其持有人从账号移除",
            ),
            Self::PasswordChanged => text("the password was changed", "更改密码"),
            Self::PasswordReset => {
                text("the password was reset by a code to a contact", "凭联系方式验证码重置密码")
            }
            Self::TotpBegun => {
                text("an authenticator app was to be set up", "开始设置身份验证器应用")
            }
            Self::TotpConfirmed => text(
                "an authenticator app was confirmed, and recovery codes were made",
                "确认身份验证器应用并生成恢复码",
            ),
            Self::TotpRemoved => text(
                "the authenticator app and the recovery codes were removed",
                "移除身份验证器应用和恢复码",
            ),
            Self::RecoveryCodesMade => text("recovery codes were made anew", "重新生成恢复码"),
            Self::ThirdPartyLinked => text("a third-party account was linked", "关联第三方账号"),
            Self::ThirdPartyUnlinked => {
                text("a third-party account was unlinked", "解除关联第三方账号")
            }
            Self::ConsentGranted => text("a consent was given", "给予同意"),
            Self::ConsentWithdrawn => text(
                "a consent was withdrawn, and what only it justified erased",
                "撤回同意，并删除仅以其为依据的信息",
            ),
            Self::Exported => text("a copy of everything was asked for", "申请全部信息的副本"),
            Self::CancellationRequested => text("the account was cancelled", "申请注销账号"),
            Self::CancellationWithdrawn => text("the cancellation was withdrawn", "撤回注销申请"),
            Self::ClaimsMoved => text(
                "the claims on your contacts were moved to a newer key",
                "联系方式的占用已迁移至新密钥",
            ),
            Self::Erased => text("the account was erased", "删除账号"),
            Self::EndAnnounced => {
                text("you were told that the unused account ends", "已通知您闲置账号即将结束")
            }
            Self::Restored => text(
                "the account came back from a backup, and what was done since was done again",
                "账号自备份恢复，并重做了其后的操作",
            ),
            Self::Lost => text(
                "the account was lost with what came after a backup",
                "账号随备份之后的数据一并丢失",
            ),
            Self::ChainLost => {
                text("a job's records since a backup were closed", "任务在备份之后的记录已终结")
            }
            Self::Resumed => text("a job's records go on after a restore", "任务记录在恢复后继续"),
            Self::RestoreOpened => {
                text("the service was opened after a restore", "服务在恢复后重新开放")
            }
            Self::Swept => text("a job ended what was due", "任务清理了到期内容"),
            Self::SweepStopped => text("a job was told to stop", "任务被要求停止"),
            Self::SweepStarted => text("a job was told to go on", "任务被要求继续"),
            Self::BrakePulled => text("erasures were halted", "删除被暂停"),
            Self::BrakeReleaseAsked => {
                text("a first release of erasures was given", "首次准许恢复删除")
            }
            Self::BrakeReleased => text("erasures go on", "删除恢复进行"),
        }
    }
}

impl Actor {
    /// Who it is, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Person => text("you", "您"),
            Self::Link => text(
                "whoever opened a link sent to a contact of yours",
                "打开发送至您联系方式的链接的人",
            ),
            Self::Holder => text(
                "whoever typed in a code that was sent to a contact of yours",
                "输入发送至您联系方式的验证码的人",
            ),
            Self::Job(_) => text("a job of the service", "服务的任务"),
        }
    }

    /// Who it is by the stored name, in words.
    pub fn called(name: &str) -> Text {
        let mut people = [Self::Person, Self::Link, Self::Holder].into_iter();
        people.find(|actor| actor.name() == name).unwrap_or(Self::Job("")).words()
    }
}

/// What an act rests on, in words: a purpose, a right of the person, or a clause of the policy.
pub fn basis_words(basis: &str) -> Option<Text> {
    match basis {
        "rights" => Some(text("your rights", "您的权利")),
        "unheard" => Some(text(
            "the account was not used, and no notice of that could be handed over",
            "账号长期未使用，且相关提示均无法送出",
        )),
        "storage" => Some(text("keeping what is stored in order", "维护已存储的信息")),
        _ => Purpose::parse(basis).map(Purpose::words).or_else(|| {
            let clause = clauses::all().find(|clause| clause.id == basis)?;
            Some(clause.title)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_8_5_every_act_has_words_of_its_own_in_both_languages() {
        let mut words: Vec<_> = Action::ALL.iter().map(|act| act.words()).collect();
        assert!(words.iter().all(|text| !text.en.is_empty() && !text.zh.is_empty()));
        words.sort_unstable_by_key(|text| text.zh);
        words.dedup_by_key(|text| text.zh);
        assert_eq!(words.len(), Action::ALL.len());
    }

    #[test]
    fn c_8_5_actors_and_grounds_are_told_by_their_names() {
        assert_eq!(Actor::called("self"), Actor::Person.words());
        assert_eq!(Actor::called("link"), Actor::Link.words());
        assert_eq!(Actor::called("holder"), Actor::Holder.words());
        assert_eq!(Actor::called("sweep"), Actor::Job("sweep").words());
        for basis in ["rights", "storage", "unheard", "account", "C-5.3", "C-7.5", "C-8.2", "C-8.4"]
        {
            assert!(basis_words(basis).is_some(), "{basis}");
        }
        assert_eq!(basis_words("nothing"), None);
    }
}
