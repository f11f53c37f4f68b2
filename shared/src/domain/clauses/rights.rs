//! Section 8: rights.

use super::Principle::{Consent, Minimum, Openness, Participation, RightsMatchDuties};
use super::{Clause, Limit, Standing, row};
use crate::domain::inventory::items;
use crate::domain::locale::text;

pub(super) const CLAUSES: &[Clause] = &[
    Clause {
        principles: &[Participation, Openness],
        standing: Standing::Served,
        routes: &[
            "GET /v1/me",
            "PATCH /v1/me",
            "PUT /v1/me/password",
            "POST /v1/password-resets",
            "POST /v1/contact-detachments",
            "PUT /v1/me/contacts/{channel}",
            "DELETE /v1/me/contacts/{channel}",
            "DELETE /v1/me/contacts/{channel}/change",
            "GET /v1/contact-change-links/{token}",
            "POST /v1/contact-change-links/{token}",
            "GET /v1/me/third-parties",
            "DELETE /v1/me/third-parties/{provider}",
        ],
        items: &[
            &items::EMAIL,
            &items::PHONE,
            &items::DISPLAY_NAME,
            &items::LANGUAGE,
            &items::THIRD_PARTIES,
        ],
        limits: &[Limit::ContactHeld, Limit::PasswordTries, Limit::Told, Limit::PasswordChanges],
        ..row(
            "C-8.1",
            text("See, correct and supplement", "查询、更正和补充"),
            text(
                "The person reads and corrects what is held; a new contact is verified first, and the ledger keeps that it changed, not what.",
                "个人可读取和更正所存信息；新联系方式须先验证；记录链只记更改本身，不记内容。",
            ),
        )
    },
    Clause {
        principles: &[Participation, RightsMatchDuties],
        standing: Standing::partly(
            "Erasure comes by cancelling; no request with a ground, a deadline or a restriction yet.",
            "目前通过注销删除；尚无附理由的请求、期限和限制处理。",
        ),
        routes: &["GET /v1/receipts/{id}", "GET /v1/keys"],
        items: &[&items::RECEIPT_STATEMENT],
        limits: &[Limit::KeyRecovery, Limit::ErasuresPerHour],
        ..row(
            "C-8.2",
            text("Deletion", "删除"),
            text(
                "Destroying the person's key makes every copy unreadable, backups too, and a signed receipt says what is gone and what stays.",
                "销毁个人密钥使所有副本（包括备份）无法读取，签名回执说明已删除和仍保留的内容。",
            ),
        )
    },
    Clause {
        principles: &[Consent, Participation],
        standing: Standing::partly(
            "There are no platform services yet that a withdrawal would have to reach.",
            "尚无需要获知撤回的平台服务。",
        ),
        routes: &[
            "GET /v1/me/consents",
            "PUT /v1/me/consents/{purpose}",
            "DELETE /v1/me/consents/{purpose}",
            "PATCH /v1/me",
        ],
        items: &[&items::DISPLAY_NAME, &items::CONSENTS],
        limits: &[Limit::Recovery],
        ..row(
            "C-8.3",
            text("Withdraw consent", "撤回同意"),
            text(
                "Withdrawal takes effect at once, erases what only that purpose justified and touches no other.",
                "撤回立即生效，删除仅由该目的支持的内容，不影响其他目的。",
            ),
        )
    },
    Clause {
        principles: &[Participation],
        standing: Standing::Served,
        routes: &[
            "POST /v1/me/cancellation",
            "DELETE /v1/me/cancellation",
            "GET /v1/cancellation-links/{token}",
            "POST /v1/cancellation-links/{token}",
        ],
        limits: &[Limit::CoolingOff, Limit::SessionFresh, Limit::Cancellations],
        ..row(
            "C-8.4",
            text("Cancel the account", "注销账号"),
            text(
                "One call with a fresh proof of identity; the person may change their mind until the cooling-off is over.",
                "一次调用并重新验证身份即可；冷静期结束前可改变主意。",
            ),
        )
    },
    Clause {
        principles: &[Participation, Openness],
        standing: Standing::Served,
        routes: &["POST /v1/me/exports", "GET /v1/me/exports/{id}"],
        limits: &[Limit::SessionFresh, Limit::Copies, Limit::CopyReads],
        ..row(
            "C-8.5",
            text("A copy", "获取副本"),
            text(
                "An archive in open formats with every item of the inventory, for that person alone.",
                "以开放格式提供包含清单全部信息项的归档，仅供本人。",
            ),
        )
    },
    Clause {
        principles: &[Participation, Minimum],
        standing: Standing::NotYet,
        ..row(
            "C-8.6",
            text("Rights through the contact", "通过联系方式行使权利"),
            text(
                "Each right can be asked for without logging in; a code opens a case, and a second proof is needed to see or erase.",
                "各项权利均可不登录而提出；验证码可开立案件，查看或删除须第二项证明。",
            ),
        )
    },
];
