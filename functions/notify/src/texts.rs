//! The texts of messages, in both languages; `{}` is filled in.

use shared::domain::locale::{Text, text};

pub(crate) const REGISTRATION_CODE_SUBJECT: Text =
    text("Your OpenDataLab registration code", "您的 OpenDataLab 注册验证码");
pub(crate) const REGISTRATION_CODE: Text = text(
    "Your code is {0}\n\nIt is valid for {1} minutes. If you did not ask for it, do nothing: \
     without the code no account can be made with this address.",
    "您的验证码是 {0}\n\n{1} 分钟内有效。如非本人操作，请忽略：没有验证码，无法使用此地址注册账号。",
);
pub(crate) const CONTACT_CODE_SUBJECT: Text =
    text("Your OpenDataLab code for a new contact", "您的 OpenDataLab 新联系方式验证码");
pub(crate) const CONTACT_CODE: Text = text(
    "Your code is {0}\n\nIt is valid for {1} minutes. Someone asked to use this contact for an \
     account. If that was not you, do nothing, and give the code to nobody.",
    "您的验证码是 {0}\n\n{1} 分钟内有效。有人申请将此联系方式用于账号。如非本人操作，请忽略，且勿告知他人。",
);
pub(crate) const RESET_CODE_SUBJECT: Text =
    text("Your OpenDataLab code for a new password", "您的 OpenDataLab 密码重置验证码");
pub(crate) const RESET_CODE: Text = text(
    "Your code is {0}\n\nIt is valid for {1} minutes. Someone asked to reset the password of an \
     account with this contact. If that was not you, do nothing, and give the code to nobody.",
    "您的验证码是 {0}\n\n{1} 分钟内有效。有人申请重置使用此联系方式的账号密码。如非本人操作，请忽略，且勿告知他人。",
);
pub(crate) const DETACH_CODE_SUBJECT: Text =
    text("Your OpenDataLab code to take out a contact", "您的 OpenDataLab 联系方式移除验证码");
pub(crate) const DETACH_CODE: Text = text(
    "Your code is {0}\n\nIt is valid for {1} minutes. With it this contact leaves whichever account \
     has it, and nobody can log in with it. Do this only if the account is not yours. If you did not \
     ask for the code, do nothing, and give it to nobody.",
    "您的验证码是 {0}\n\n{1} 分钟内有效。使用后，此联系方式将从使用它的账号中移除，且无法再用于登录。\
     仅在该账号不属于您时使用。如非本人操作，请忽略，且勿告知他人。",
);
pub(crate) const PROOF_CODE_SUBJECT: Text =
    text("Your OpenDataLab code to prove that it is you", "您的 OpenDataLab 身份验证码");
pub(crate) const PROOF_CODE: Text = text(
    "Your code is {0}\n\nIt is valid for {1} minutes. Someone who is logged in to your account asked to \
     prove that it is you. If that was not you, give the code to nobody, end the sessions that are not \
     yours, and change your password.",
    "您的验证码是 {0}\n\n{1} 分钟内有效。有人已登录您的账号并申请验证身份。如非本人操作，请勿告知他人，\
     结束非本人的会话，并修改密码。",
);
pub(crate) const TOTP_SUBJECT: Text = text(
    "An authenticator app protects your OpenDataLab account",
    "您的 OpenDataLab 账号已启用身份验证器应用",
);
pub(crate) const TOTP: Text = text(
    "An authenticator app was confirmed for your account: logging in needs a code of it from now on, or a \
     recovery code. If that was not you, reset your password by a code to a contact within 72 hours: the app goes \
     with it, and all sessions end.",
    "您的账号已确认一个身份验证器应用：此后登录须附其验证码或恢复码。如非本人操作，请在 72 小时内用联系方式的验证码\
     重置密码：该应用将一并移除，所有会话均会结束。",
);
pub(crate) const TOTP_REMOVED_SUBJECT: Text = text(
    "The authenticator app of your OpenDataLab account was removed",
    "您的 OpenDataLab 账号已移除身份验证器应用",
);
pub(crate) const TOTP_REMOVED: Text = text(
    "The authenticator app and the recovery codes of your account were removed: logging in needs the password \
     alone from now on. If that was not you, log in, change your password, and set up an app again.",
    "您账号的身份验证器应用和恢复码已移除：此后仅凭密码即可登录。如非本人操作，请登录修改密码，并重新设置应用。",
);
pub(crate) const RECOVERY_SUBJECT: Text = text(
    "Recovery codes of your OpenDataLab account were made anew",
    "您的 OpenDataLab 账号已重新生成恢复码",
);
pub(crate) const RECOVERY: Text = text(
    "Recovery codes of your account were made anew; those before work no more. If that was not you, log in, \
     change your password, and make them anew.",
    "您账号的恢复码已重新生成，此前的恢复码失效。如非本人操作，请登录修改密码，并重新生成恢复码。",
);
pub(crate) const RECOVERY_USED_SUBJECT: Text = text(
    "A recovery code of your OpenDataLab account was used",
    "您的 OpenDataLab 账号使用了一个恢复码",
);
pub(crate) const RECOVERY_USED: Text = text(
    "A recovery code of your account was used. {0} are left. If that was not you, log in, change your \
     password, and make recovery codes anew.",
    "您的账号使用了一个恢复码，剩余 {0} 个。如非本人操作，请登录修改密码，并重新生成恢复码。",
);
pub(crate) const ADDED_SUBJECT: Text =
    text("A contact was added to your OpenDataLab account", "您的 OpenDataLab 账号新增了联系方式");
pub(crate) const ADDED: Text = text(
    "A new {0} was added to your account. If that was not you, log in, remove it, and change your \
     password. If your own contact was replaced, first open the link in the message about that.",
    "您的账号新增了{0}。如非本人操作，请登录将其移除并修改密码。如您的联系方式已被更换，请先打开相关通知中的链接。",
);
pub(crate) const CHANGED_SUBJECT: Text = text(
    "A contact of your OpenDataLab account was changed",
    "您的 OpenDataLab 账号联系方式已变更",
);
pub(crate) const CHANGED: Text = text(
    "The {0} of your account was replaced by another one. Until {1} this can be taken back.",
    "您账号的{0}已更换。在{1}之前可以撤回。",
);
pub(crate) const REMOVED_SUBJECT: Text = text(
    "A contact of your OpenDataLab account was removed",
    "您的 OpenDataLab 账号联系方式已移除",
);
pub(crate) const REMOVED: Text = text(
    "The {0} of your account was removed. Until {1} this can be taken back.",
    "您账号的{0}已移除。在{1}之前可以撤回。",
);
pub(crate) const FREEZE: Text = text(
    "If that was not you, open this page and press its button. For 72 hours this contact then \
     counts again, and you can log in with it and your password:\n{0}\n\nIf you cannot log in, write \
     to the address that the policy names.",
    "如非本人操作，请打开以下页面并点击按钮；此联系方式将恢复有效 72 小时，您可用其和密码登录：\n{0}\n\n\
     如无法登录，请写信至政策所列的联系地址。",
);
pub(crate) const TAKE_BACK: Text = text(
    "If that was not you, log in, take the change back, remove contacts that are not yours, and \
     change your password.",
    "如非本人操作，请登录撤回变更，移除非本人的联系方式，并修改密码。",
);
pub(crate) const FROZEN_SUBJECT: Text = text(
    "A change of contact of your OpenDataLab account is frozen",
    "您的 OpenDataLab 账号联系方式变更已冻结",
);
pub(crate) const FROZEN: Text = text(
    "Whoever holds the former {0} of your account has frozen its change. Until {1} the former one \
     counts, also to log in; then the change is final, unless it is taken back.",
    "您账号原{0}的持有人已冻结此次变更。在{1}之前以原联系方式为准（包括登录）；此后变更最终生效，除非撤回。",
);
pub(crate) const TAKEN_BACK_SUBJECT: Text = text(
    "A change of contact of your OpenDataLab account was taken back",
    "您的 OpenDataLab 账号联系方式变更已撤回",
);
pub(crate) const TAKEN_BACK: Text = text(
    "The change of the {0} of your account was taken back: the former one counts again. A contact \
     that was added meanwhile stays: remove it if it is not yours.",
    "您账号的{0}变更已撤回，恢复使用原联系方式。其间新增的联系方式仍然保留；如非本人所有，请将其移除。",
);
pub(crate) const DETACHED_SUBJECT: Text =
    text("A contact left your OpenDataLab account", "您的 OpenDataLab 账号的一个联系方式已被移除");
pub(crate) const DETACHED: Text = text(
    "Whoever holds the {0} that your account had said that the account is not theirs, and took it \
     out with a code sent to it. You cannot log in with it any more; your sessions go on. If it is \
     still yours, someone else can read it: secure it, then log in with another contact, change \
     your password, and add it again.",
    "您账号原有{0}的持有人表示该账号不属于其本人，并已凭发送至该联系方式的验证码将其移除。\
     您无法再用其登录，现有会话不受影响。如其仍属于您，则他人可读取该联系方式：请先确保其安全，\
     再用其他联系方式登录，修改密码并重新添加。",
);
pub(crate) const PASSWORD_SUBJECT: Text =
    text("Your OpenDataLab password was changed", "您的 OpenDataLab 密码已修改");
pub(crate) const PASSWORD: Text = text(
    "The password of your account was changed, and all other sessions have ended. If that was not \
     you, reset it at once by a code to a contact.",
    "您的账号密码已修改，其他会话均已结束。如非本人操作，请立即用联系方式的验证码重置密码。",
);
pub(crate) const RESET_SUBJECT: Text =
    text("Your OpenDataLab password was reset", "您的 OpenDataLab 密码已重置");
pub(crate) const RESET: Text = text(
    "The password of your account was reset with a code that was sent to a contact of it, and all \
     sessions have ended. If that was not you, someone else can read that contact: reset the \
     password with a code to another one, remove it, and write to us at once.",
    "您的账号密码已通过发送至某一联系方式的验证码重置，所有会话均已结束。如非本人操作，则他人可读取该联系方式：\
     请用另一联系方式的验证码重置密码，移除该联系方式，并立即联系我们。",
);
pub(crate) const LINKED_SUBJECT: Text = text(
    "A third-party account was linked to your OpenDataLab account",
    "您的 OpenDataLab 账号已关联第三方账号",
);
pub(crate) const LINKED: Text = text(
    "An account with the third party `{0}` was linked to your account: one can log in with it from \
     now on. If that was not you, log in, unlink it, and change your password.",
    "您的账号已关联第三方“{0}”的账号，此后可用其登录。如非本人操作，请登录解除关联并修改密码。",
);
pub(crate) const UNLINKED_SUBJECT: Text = text(
    "A third-party account was unlinked from your OpenDataLab account",
    "您的 OpenDataLab 账号已解除关联第三方账号",
);
pub(crate) const UNLINKED: Text = text(
    "The account with the third party `{0}` was unlinked from your account: nobody can log in with \
     it any more. If that was not you, log in, and change your password.",
    "您的账号已解除与第三方“{0}”账号的关联，此后不能再用其登录。如非本人操作，请登录并修改密码。",
);
pub(crate) const CANCELLATION_SUBJECT: Text =
    text("Your OpenDataLab account is cancelled", "您的 OpenDataLab 账号已申请注销");
pub(crate) const CANCELLATION: Text = text(
    "Your account is cancelled. All sessions have ended. Everything is erased at {0}.\n\n\
     If you change your mind before that, open this page and press its button, or log in and \
     withdraw the cancellation:\n{2}\n\nYour receipt: {1}",
    "您的账号已申请注销，所有会话已结束。全部信息将于{0}删除。\n\n\
     如在此之前改变主意，请打开以下页面并点击按钮，或登录后撤回注销：\n{2}\n\n您的回执：{1}",
);
pub(crate) const WITHDRAWN_SUBJECT: Text =
    text("Your OpenDataLab account stays", "您的 OpenDataLab 账号将保留");
pub(crate) const WITHDRAWN: Text = text(
    "The cancellation of your account was withdrawn. Nothing is erased. If that was not you, \
     change your password and cancel again.",
    "您的账号注销已撤回，不会删除任何信息。如非本人操作，请修改密码并重新申请注销。",
);
pub(crate) const ENDS_UNUSED_SUBJECT: Text =
    text("Your OpenDataLab account is about to end", "您的 OpenDataLab 账号即将终止");
pub(crate) const ENDS_UNUSED: Text = text(
    "Nobody has logged in to your account for a long time. What we no longer need we do not keep: \
     at {0} the account ends and everything in it is erased.\n\n\
     To keep it, log in once before that. If you no longer need it, do nothing.",
    "您的账号已长时间无人登录。不再需要的信息，我们不予保留：账号将于{0}终止，其中的全部信息将被删除。\n\n\
     如需保留，请在此之前登录一次；如不再需要，无需任何操作。",
);
pub(crate) const ERASED_SUBJECT: Text =
    text("Your OpenDataLab account was erased", "您的 OpenDataLab 账号已删除");
pub(crate) const ERASED: Text = text(
    "Your account was erased at {0}. What is gone, what stays, under which duty and until when \
     stands on your receipt, which anyone who has its id can read and verify: {1}\n\n\
     This is the last message to you.",
    "您的账号已于{0}删除。已删除的内容、仍保留的内容及其依据和期限载于回执，持有回执编号者均可查阅并验证：{1}\n\n\
     这是发送给您的最后一条消息。",
);
pub(crate) const FOOTER: Text = text(
    "OpenDataLab, Shanghai Artificial Intelligence Innovation Center. Questions: \
     OpenDataLab@pjlab.org.cn\n\
     Not your account? Take this address out of it, without logging in: ask for a code by POST \
     /v1/verifications with the purpose detach, and send it to POST /v1/contact-detachments.",
    "OpenDataLab，上海人工智能创新中心。如有疑问：OpenDataLab@pjlab.org.cn\n\
     不是您的账号？无需登录即可将此地址移除：请以用途 detach 通过 POST /v1/verifications 获取验证码，\
     并提交至 POST /v1/contact-detachments。",
);
