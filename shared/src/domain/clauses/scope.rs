//! Sections 1 to 3: scope, collection and use, and what needs no consent.

use super::Principle::{
    ClearPurpose, Consent, Minimum, Openness, Participation, RightsMatchDuties,
};
use super::{Clause, Limit, Standing, row};
use crate::domain::inventory::items;
use crate::domain::locale::text;

pub(super) const CLAUSES: &[Clause] = &[
    Clause {
        principles: &[RightsMatchDuties, Openness],
        standing: Standing::NotYet,
        ..row(
            "C-1.1",
            text("Our own services, not third parties'", "适用于本平台服务，不适用于第三方"),
            text(
                "Whoever receives anything outside the platform is named as such; what leaves the platform says so and carries nothing personal.",
                "平台之外的接收方均明确标示；离开平台的链接予以说明，且不携带个人信息。",
            ),
        )
    },
    Clause {
        principles: &[RightsMatchDuties, ClearPurpose],
        standing: Standing::partly(
            "Personal Center's own document is a draft until the operator publishes it, and nobody is asked to accept it.",
            "个人中心自身的文件在运营者发布之前为草案，也不请任何人接受。",
        ),
        routes: &["GET /v1/policy", "GET /v1/policy/versions", "GET /v1/policy/inventory"],
        ..row(
            "C-1.2",
            text("A general policy, and those of sub-platforms", "通用政策与子平台政策"),
            text(
                "Every document has a scope, every item is declared by exactly one, and the general policy is the floor under all of them.",
                "每份文件有其适用范围，每个信息项仅由一份文件声明，通用政策是所有文件的底线。",
            ),
        )
    },
    Clause {
        principles: &[
            RightsMatchDuties,
            ClearPurpose,
            Consent,
            Minimum,
            Openness,
            super::Principle::Security,
            Participation,
        ],
        standing: Standing::partly(
            "The text that is held has lost its bold and underlined passages, so none is repeated where acceptance is asked for.",
            "所存文本已失去加粗和加下划线的标记，因此在请求接受时未作重点提示。",
        ),
        routes: &["GET /v1/policy/clauses", "GET /v1/policy/clauses/{id}"],
        ..row(
            "C-1.3",
            text("Seven principles", "七项原则"),
            text(
                "Each principle leads to the clauses that keep it, and each clause to the routes, limits and tests behind it.",
                "每项原则对应落实它的条款，每个条款对应其接口、限制和测试。",
            ),
        )
    },
    Clause {
        principles: &[ClearPurpose, Openness],
        standing: Standing::Served,
        routes: &["GET /v1/policy/inventory"],
        ..row(
            "C-2.1",
            text("What personal information is", "个人信息的范围"),
            text(
                "Every stored item is declared with purpose, basis, retention and handling, for anyone to read; what is not declared cannot be stored.",
                "每个存储项均声明目的、依据、期限和处理方式，任何人均可查阅；未声明的不能存储。",
            ),
        )
    },
    Clause {
        principles: &[Minimum, Consent],
        standing: Standing::Served,
        routes: &["POST /v1/accounts", "PATCH /v1/me"],
        items: &[&items::DISPLAY_NAME, &items::CONSENTS],
        ..row(
            "C-2.2",
            text("Only what a function needs", "仅收集功能所需"),
            text(
                "Each item belongs to one purpose; whoever leaves a purpose out gives nothing for it and loses nothing else.",
                "每个信息项属于一个目的；不选某一目的即不提供其信息，也不影响其他功能。",
            ),
        )
    },
    Clause {
        principles: &[ClearPurpose, Minimum],
        standing: Standing::partly("No statistics are made yet.", "尚未生成统计。"),
        routes: &["POST /v1/accounts", "POST /v1/sessions", "GET /v1/me/security"],
        items: &[
            &items::NETWORK_IP,
            &items::NETWORK_EVENT,
            &items::NETWORK_DEVICE,
            &items::NETWORK_FAILED,
        ],
        limits: &[Limit::LogMonths],
        ..row(
            "C-2.3",
            text("The IP address", "IP 地址"),
            text(
                "Recorded at registration and log-in only, sealed under the key of its month, and gone with that key when the law no longer asks for it.",
                "仅在注册和登录时记录，以当月密钥封存，法定期限届满后随密钥消失。",
            ),
        )
    },
    Clause {
        principles: &[ClearPurpose, Minimum, Consent],
        standing: Standing::partly(
            "There are no bindings of collections and downloads yet.",
            "尚无收藏和下载的绑定。",
        ),
        routes: &[
            "POST /v1/verifications",
            "POST /v1/accounts",
            "GET /v1/third-parties",
            "POST /v1/third-parties/{provider}/authorizations",
            "GET /v1/third-party-returns/{provider}",
            "POST /v1/third-party-returns/{provider}",
            "GET /v1/me/third-parties",
            "DELETE /v1/me/third-parties/{provider}",
        ],
        items: &[&items::EMAIL, &items::THIRD_PARTIES, &items::PASSWORD, &items::CLAIMS],
        limits: &[
            Limit::AuthorizationValid,
            Limit::AuthorizationsPerSource,
            Limit::CodeValid,
            Limit::CodeTries,
            Limit::LiveCodes,
            Limit::SendsPerAddress,
            Limit::SendsPerSource,
        ],
        ..row(
            "C-2.4",
            text("What an account needs", "账号所需信息"),
            text(
                "An account is registered with one verified contact and a password, or with a third-party account, of which only provider and subject are kept; what the platform binds to it goes with it.",
                "以一个经验证的联系方式和密码，或以第三方账号（仅保存提供方和标识）注册账号；平台与之绑定的内容随账号删除。",
            ),
        )
    },
    Clause {
        principles: &[Minimum],
        standing: Standing::Served,
        routes: &[
            "GET /v1/policy",
            "GET /v1/policy/versions",
            "GET /v1/policy/versions/{id}",
            "GET /v1/policy/versions/{id}/changes",
            "GET /v1/policy/clauses",
            "GET /v1/policy/clauses/{id}",
            "GET /v1/policy/inventory",
            "GET /v1/keys",
            "GET /openapi.json",
        ],
        ..row(
            "C-2.5",
            text("Browsing needs no account", "浏览无需账号"),
            text(
                "What is public asks for no identity, sets no cookie and stores nothing.",
                "公开内容不要求身份，不设置 Cookie，也不存储任何信息。",
            ),
        )
    },
    Clause {
        principles: &[Consent, RightsMatchDuties],
        standing: Standing::NotYet,
        ..row(
            "C-3.1",
            text("When consent is not needed", "无需同意的情形"),
            text(
                "Ten grounds and no other; whoever relies on one names it with a reason and an end, and it is in the ledger.",
                "仅限十种情形；援引者须注明情形、理由和期限，并记入记录链。",
            ),
        )
    },
];
