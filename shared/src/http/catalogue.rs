//! Every problem that this service answers with: its type, status, and what to do about it.

use crate::domain::locale::{Text, text};
use axum::http::StatusCode;

/// What the catalogue says about a problem.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The end of the type URI.
    pub slug: &'static str,
    /// The status.
    pub status: StatusCode,
    /// The title.
    pub title: Text,
    /// What the caller can do.
    pub advice: Text,
    /// What the operator can do; empty where nothing is to be done.
    pub operator: &'static str,
}

macro_rules! catalogue {
    ($(
        $name:ident, $slug:literal, $status:ident,
        $title_en:literal / $title_zh:literal,
        $advice_en:literal / $advice_zh:literal,
        $operator:literal;
    )*) => {
        /// A problem. Its type URI is `urn:personal-center:problem:<slug>` and never changes.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum ProblemKind {
            $(#[doc = $title_en] $name,)*
        }

        impl ProblemKind {
            /// Every problem.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What the catalogue says.
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$name => Entry {
                        slug: $slug,
                        status: StatusCode::$status,
                        title: text($title_en, $title_zh),
                        advice: text($advice_en, $advice_zh),
                        operator: $operator,
                    },)*
                }
            }
        }
    };
}

catalogue! {
    MalformedJson, "malformed-json", BAD_REQUEST,
        "The body is not valid JSON" / "请求体不是有效的 JSON",
        "Send one JSON value in UTF-8, each member once, nested at most 127 deep."
            / "请以 UTF-8 发送一个 JSON 值，成员不得重复，嵌套不超过 127 层。", "";
    MalformedHeader, "malformed-header", BAD_REQUEST,
        "A header is malformed" / "请求头格式不正确",
        "Correct the header that `errors` names." / "请更正 `errors` 指出的请求头。", "";
    Invalid, "invalid", UNPROCESSABLE_ENTITY,
        "The request breaks a rule" / "请求不符合规则",
        "Correct what `errors` names and send it again." / "请更正 `errors` 指出的内容后重试。", "";
    TooLarge, "too-large", PAYLOAD_TOO_LARGE,
        "The body is too large" / "请求体过大",
        "Send at most 65,536 bytes." / "请发送不超过 65,536 字节。", "";
    HeadersTooLarge, "headers-too-large", REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The headers are too large" / "请求头过大",
        "Request line and headers may have 10,240 bytes in all."
            / "请求行和请求头合计不得超过 10,240 字节。", "";
    UnsupportedMediaType, "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE,
        "The content type is not served" / "不支持该内容类型",
        "Send `Content-Type: application/json` (for a merge patch also application/merge-patch+json)."
            / "请发送 `Content-Type: application/json`（合并补丁也可用 application/merge-patch+json）。", "";
    NotFound, "not-found", NOT_FOUND,
        "There is nothing here" / "此处没有内容",
        "Check the path; `/openapi.json` lists every route." / "请检查路径；`/openapi.json` 列出全部接口。", "";
    MethodNotAllowed, "method-not-allowed", METHOD_NOT_ALLOWED,
        "The method is not served here" / "此处不支持该方法",
        "Use a method that `Allow` names." / "请使用 `Allow` 中列出的方法。", "";
    Unauthenticated, "unauthenticated", UNAUTHORIZED,
        "There is no live session" / "没有有效会话",
        "Log in by `POST /v1/sessions`." / "请通过 `POST /v1/sessions` 登录。", "";
    CredentialsTwice, "credentials-twice", BAD_REQUEST,
        "Token and cookie were both sent" / "同时发送了令牌和 Cookie",
        "Send the bearer token or the cookie, not both." / "请只发送令牌或 Cookie 之一。", "";
    CrossSite, "cross-site", FORBIDDEN,
        "The request comes from another site" / "请求来自其他站点",
        "Use the cookie from the service's own pages only; elsewhere use a token."
            / "Cookie 仅限本服务页面使用；其他场合请使用令牌。",
        "Another site sends people's browsers here: its address is in their report, not in our log; ask its owner.";
    LoginRefused, "login-refused", UNAUTHORIZED,
        "Login or password is wrong" / "登录名或密码错误",
        "Check both. If you have no account yet, register." / "请检查登录名和密码；如尚无账号，请注册。",
        "Many at once may be guesses: tries per name and per network are limited (`docs/threat-model.md`), so most go nowhere.";
    PasswordRefused, "password-refused", FORBIDDEN,
        "The password is wrong" / "密码错误",
        "Check the password." / "请检查密码。", "";
    SecondFactorNeeded, "second-factor-needed", UNAUTHORIZED,
        "A second factor is needed" / "需要第二验证因素",
        "Send the log-in again with `totp`, a code of your authenticator app that was not used before, or with `recovery_code`, \
         an unused recovery code."
            / "请重新登录，并附上 `totp`（身份验证器应用中未使用过的验证码）或 `recovery_code`（未使用过的恢复码）。",
        "Many at once may be guesses by somebody who knows passwords: tries per name are limited.";
    ProofRefused, "proof-refused", FORBIDDEN,
        "The code is wrong or was used" / "验证码错误或已使用",
        "Wait for the next code of your authenticator app, or use another recovery code. `GET /v1/me/factors` lists by what you can \
         prove that it is you."
            / "请等待身份验证器应用的下一个验证码，或使用其他恢复码。`GET /v1/me/factors` 列出您可用的验证方式。", "";
    NotFresh, "not-fresh", FORBIDDEN,
        "A fresh proof of identity is needed" / "需要重新验证身份",
        "Freshen the session by `POST /v1/reauthentications`, or send the password with this request where it takes one."
            / "请通过 `POST /v1/reauthentications` 重新验证，或在支持时随本请求发送密码。", "";
    Erased, "erased", GONE,
        "This account was erased" / "该账号已删除",
        "`erased_at` says when; the receipt says what is gone and what stays."
            / "`erased_at` 为删除时间；回执说明已删除和仍保留的内容。", "";
    Erasing, "erasing", GONE,
        "This account is being erased" / "该账号正在删除",
        "Its key is destroyed; nothing of it can be read." / "其密钥已销毁，内容无法读取。",
        "Where it stays so for a day, the sweep is behind: look at `sweep_oldest_overdue_secs` and for a row that fails.";
    StaleVersion, "stale-version", PRECONDITION_FAILED,
        "The account changed since you read it" / "账号在您读取后已变更",
        "Read it again, look at what changed, and send `If-Match` with the new ETag."
            / "请重新读取，核对变更，并以新的 ETag 发送 `If-Match`。", "";
    VersionRequired, "version-required", PRECONDITION_REQUIRED,
        "`If-Match` is needed" / "需要 `If-Match`",
        "Send `If-Match` with the ETag of your last read, so that no change is lost."
            / "请以最近一次读取的 ETag 发送 `If-Match`，以免丢失变更。", "";
    VerificationFailed, "verification-failed", UNPROCESSABLE_ENTITY,
        "The code does not verify" / "验证码无效",
        "Check the code; it has five tries and ten minutes. Then ask for a new one."
            / "请检查验证码；可尝试五次，十分钟内有效。之后请重新获取。",
        "Where people say that codes come late or not at all, look at the outbox: `messages_dead`, and the relay's answers.";
    NoAccount, "no-account", NOT_FOUND,
        "No account has this contact" / "没有账号使用该联系方式",
        "Try another contact that you may have registered with, or register. The code is used up."
            / "请尝试您可能用于注册的其他联系方式，或注册新账号。该验证码已失效。", "";
    SecondProofNeeded, "second-proof-needed", FORBIDDEN,
        "A second proof is needed" / "需要第二项验证",
        "Nobody logged in for 90 days, so a code to one contact is not enough. Ask for a code to another contact of the \
         account too, and send both: `second` takes the other one, a code of the authenticator app (`totp`), or a \
         recovery code. Without any of these, write to the address that the policy names."
            / "该账号已 90 天无人登录，仅凭一个联系方式的验证码不足以验证。请同时获取该账号另一联系方式的验证码或身份验证器应用的验证码（`totp`）、恢复码，并一并发送（`second`）。\
         如均无，请写信至政策所列的联系地址。", "";
    GuardianRequired, "guardian-required", UNPROCESSABLE_ENTITY,
        "A guardian's consent is needed" / "需要监护人同意",
        "Under 18, a parent or guardian must consent. That is not possible here yet; nothing was stored."
            / "未满 18 周岁须经父母或监护人同意。此处尚不支持；未保存任何信息。", "";
    LinkSpent, "link-spent", NOT_FOUND,
        "This link is spent" / "此链接已失效",
        "It was used, or its time is over. Log in to see where things stand."
            / "该链接已使用或已过期。请登录查看当前状态。", "";
    PolicyOutdated, "policy-outdated", UNPROCESSABLE_ENTITY,
        "That is not the policy in force" / "该政策版本未生效",
        "Read `GET /v1/policy` and accept the version it names." / "请阅读 `GET /v1/policy` 并接受其所示版本。", "";
    PolicyTextNotHeld, "policy-text-not-held", NOT_FOUND,
        "The text of this version is not held" / "该版本的文本未保存",
        "`policy_version` names it. `GET /v1/policy/versions` says what is known about it, and which texts are held."
            / "`policy_version` 为该版本。`GET /v1/policy/versions` 列出对其所知的情况及已保存的文本。",
        "Find the text, and have an officer confirm it; the versions held are in `shared/src/domain/policy`.";
    ContactTaken, "contact-taken", CONFLICT,
        "This contact has an account" / "该联系方式已有账号",
        "Log in with it." / "请使用该联系方式登录。", "";
    ContactChangeOpen, "contact-change-open", CONFLICT,
        "A change of contact is not final yet" / "联系方式变更尚未最终生效",
        "Take it back by `DELETE /v1/me/contacts/{channel}/change`, or wait until it is final; `final_at` says when."
            / "请通过 `DELETE /v1/me/contacts/{channel}/change` 撤回，或等待其最终生效；`final_at` 为生效时间。", "";
    LastContact, "last-contact", CONFLICT,
        "An account keeps one contact" / "账号须保留一个联系方式",
        "Add another contact first, or change this one." / "请先添加其他联系方式，或更改此联系方式。", "";
    LastProof, "last-proof", CONFLICT,
        "It is the last way into the account" / "这是登录该账号的最后方式",
        "Add a contact, or link another third party first." / "请先添加联系方式，或关联其他第三方。", "";
    ThirdPartyFailed, "third-party-failed", UNPROCESSABLE_ENTITY,
        "The log-in by a third party did not come through" / "第三方登录未完成",
        "Begin it anew, in the browser that goes on with it; one works once and for ten minutes."
            / "请重新开始，并在同一浏览器中继续；每次仅可使用一次，十分钟内有效。",
        "The log line names the third party and what was wrong with its answer: compare its settings with its documents.";
    ThirdPartyUnavailable, "third-party-unavailable", SERVICE_UNAVAILABLE,
        "The third party does not answer" / "第三方没有响应",
        "Begin the log-in anew after `Retry-After` seconds, or log in another way. Nothing was changed."
            / "请在 `Retry-After` 秒后重新开始登录，或使用其他方式登录。未作任何更改。",
        "Look whether the third party is up, and reachable from the function.";
    ThirdPartyUnknown, "third-party-unknown", CONFLICT,
        "No account is linked to this third-party account" / "没有账号关联此第三方账号",
        "Register with it, or log in another way and link it." / "请以其注册，或以其他方式登录后关联。", "";
    ThirdPartyTaken, "third-party-taken", CONFLICT,
        "This third-party account is linked already" / "此第三方账号已被关联",
        "Log in with it." / "请使用其登录。", "";
    ThirdPartyOther, "third-party-other", CONFLICT,
        "Another account with this third party is linked" / "已关联该第三方的另一账号",
        "`GET /v1/me/third-parties` shows which. To link this one, unlink that one first."
            / "`GET /v1/me/third-parties` 显示已关联的账号。如需关联此账号，请先解除关联。", "";
    SessionLimit, "session-limit", CONFLICT,
        "The most sessions are open" / "会话数已达上限",
        "With `ticket` as bearer token, `GET /v1/sessions` lists them and `DELETE /v1/sessions/{id}` ends one; then log in again."
            / "以 `ticket` 作为令牌，`GET /v1/sessions` 列出会话，`DELETE /v1/sessions/{id}` 结束其一，然后重新登录。", "";
    WrongState, "wrong-state", CONFLICT,
        "The account's state does not allow this" / "账号当前状态不允许此操作",
        "`state` names it. A cancelled account (`closing`) can withdraw its cancellation first; with a restricted or \
         suspended one, write to the address that the policy names."
            / "`state` 为当前状态。已注销的账号（`closing`）可先撤回注销；受限或停用的账号请写信至政策所列的联系地址。", "";
    BasicPurpose, "basic-purpose", CONFLICT,
        "The account cannot exist without this purpose" / "账号离不开该目的",
        "Withdrawing it means leaving: cancel the account by `POST /v1/me/cancellation`; everything is erased then."
            / "撤回该目的即意味着离开：请通过 `POST /v1/me/cancellation` 注销账号，届时将删除全部信息。", "";
    NoConsent, "no-consent", FORBIDDEN,
        "The purpose has no consent" / "该目的未获同意",
        "Consent to the purpose that `purpose` names first, by `PUT /v1/me/consents/{purpose}`. No route answers this yet: \
         what uses information for an optional purpose are the services of the platform, which are to come."
            / "请先通过 `PUT /v1/me/consents/{purpose}` 同意 `purpose` 所示目的。目前没有接口返回此答复：为可选目的使用信息的是平台服务，尚未接入。", "";
    Limited, "limited", TOO_MANY_REQUESTS,
        "Too many requests" / "请求过多",
        "Wait as long as `Retry-After` says." / "请按 `Retry-After` 等待。",
        "Many of these at once may be an attack: `operation` in the log says on what.";
    MalformedIdempotencyKey, "malformed-idempotency-key", BAD_REQUEST,
        "`Idempotency-Key` is malformed" / "`Idempotency-Key` 格式不正确",
        "Send one key of 1 to 128 visible ASCII characters, quoted or not; one with a comma quoted."
            / "请只发送一个键：1 至 128 个可见 ASCII 字符，可带引号；含逗号时须带引号。", "";
    IdempotencyKeyReused, "idempotency-key-reused", UNPROCESSABLE_ENTITY,
        "`Idempotency-Key` was used for another request" / "`Idempotency-Key` 已用于其他请求",
        "Send each new request with a key of its own." / "请为每个新请求使用不同的键。", "";
    Busy, "busy", SERVICE_UNAVAILABLE,
        "Other changes of this account are in the way" / "该账号有其他变更正在进行",
        "Send the request again." / "请重新发送请求。",
        "One account is written to very often: look at its sessions.";
    Unavailable, "unavailable", SERVICE_UNAVAILABLE,
        "The service is not reachable at the moment" / "服务暂时不可用",
        "Send the request again after `Retry-After` seconds; nothing is half done."
            / "请在 `Retry-After` 秒后重试；不会出现只完成一半的情况。",
        "Look at the health of DynamoDB and KMS, and at the function's timeouts.";
    Restoring, "restoring", SERVICE_UNAVAILABLE,
        "The service is closed while its data are restored" / "服务正在恢复数据，暂停使用",
        "Send the request again after `Retry-After` seconds. What was erased or withdrawn before stays so."
            / "请在 `Retry-After` 秒后重试。此前已删除或撤回的内容不会恢复。",
        "Go on with the restore (`docs/restore.md`): it opens when everything is replayed.";
    Internal, "internal", INTERNAL_SERVER_ERROR,
        "Something is wrong on our side" / "服务内部错误",
        "Send the request again; if it stays, tell us the request id in `instance`."
            / "请重试；如仍出现，请告知 `instance` 中的请求标识。",
        "Find the request id in the log: the line names the operation and the cause.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_problem_has_a_type_of_its_own() {
        let slugs: HashSet<_> = ProblemKind::ALL.iter().map(|k| k.entry().slug).collect();
        assert_eq!(slugs.len(), ProblemKind::ALL.len());
    }
}
