//! Section 7: protection.

use super::Principle::{Minimum, Openness, RightsMatchDuties, Security};
use super::{Clause, Limit, Standing, row};
use crate::domain::inventory::items;
use crate::domain::locale::text;

pub(super) const CLAUSES: &[Clause] = &[
    Clause {
        principles: &[RightsMatchDuties, Openness],
        standing: Standing::partly(
            "Controller and contact are shown with the policy; no privacy officer is named, and publishing needs none.",
            "政策附有控制者及联系方式；尚未指明个人信息保护负责人，发布也无需其批准。",
        ),
        routes: &["GET /v1/policy"],
        ..row(
            "C-7.1",
            text("A person who is responsible", "个人信息保护负责人"),
            text(
                "A privacy officer is named with the controller's address, and nothing is published without one.",
                "公布个人信息保护负责人及控制者地址，未经其批准不得发布。",
            ),
        )
    },
    Clause {
        principles: &[Security],
        standing: Standing::Served,
        routes: &["GET /v1/me"],
        ..row(
            "C-7.2",
            text("Encrypted in transit and in storage", "传输和存储加密"),
            text(
                "Every personal field is sealed under a key of its owner before it reaches the database; keys are wrapped by a key service.",
                "每个个人字段在写入数据库之前以其所有者的密钥封存，密钥由密钥服务包裹。",
            ),
        )
    },
    Clause {
        principles: &[Security],
        standing: Standing::partly("There are no roles of staff yet.", "尚无工作人员角色。"),
        routes: &[
            "POST /v1/sessions",
            "GET /v1/sessions",
            "DELETE /v1/sessions/{id}",
            "POST /v1/reauthentications",
            "GET /v1/me/security",
            "GET /v1/me/factors",
            "POST /v1/me/factors/totp",
            "PUT /v1/me/factors/totp",
            "DELETE /v1/me/factors/totp",
            "POST /v1/me/factors/recovery-codes",
        ],
        items: &[
            &items::CLAIMS,
            &items::SESSION_CREATED,
            &items::SESSION_FRESH,
            &items::FACTORS_TOTP,
            &items::FACTORS_RECOVERY,
        ],
        limits: &[
            Limit::MaxSessions,
            Limit::LoginTries,
            Limit::LoginTriesHour,
            Limit::LoginTriesDay,
            Limit::SourceTries,
            Limit::SourceTriesHour,
            Limit::PasswordTries,
            Limit::SessionFresh,
            Limit::FactorTries,
        ],
        ..row(
            "C-7.3",
            text("Authentication, roles and limits", "身份鉴别、角色和限制"),
            text(
                "Log-in, one account for each contact, roles, HTTPS, a maximum of sessions and connections, and an alarm below a service level.",
                "登录、每个联系方式一个账号、角色、HTTPS、会话和连接上限，以及服务水平报警。",
            ),
        )
    },
    Clause {
        principles: &[Security, Minimum],
        standing: Standing::NotYet,
        ..row(
            "C-7.4",
            text("Least authority for staff", "工作人员最小授权"),
            text(
                "Roles hold exactly what they need, each read by staff is entered before it happens, and reviews are signed.",
                "角色仅有所需权限，工作人员每次读取均事先记录，定期审查须签署。",
            ),
        )
    },
    Clause {
        principles: &[Security, RightsMatchDuties],
        standing: Standing::partly("There are no signed checkpoints yet.", "尚无签名检查点。"),
        items: &[&items::CHAIN_ID, &items::LEDGER_ITEMS, &items::LEDGER_BASIS],
        limits: &[Limit::EvidenceYears],
        ..row(
            "C-7.5",
            text("Audit and monitoring", "审计和监控"),
            text(
                "Each act is an entry of a hash-chained ledger, a verifier finds what was removed, added, changed or reordered, and a change or an operator's own access raises an alarm.",
                "每项操作记入以散列相连的记录链，校验程序可发现删除、添加、更改或重排；记录被更改或运营人员自行访问时会报警。",
            ),
        )
    },
    Clause {
        principles: &[Security, Openness],
        standing: Standing::NotYet,
        ..row(
            "C-7.6",
            text("Emergencies", "应急预案"),
            text(
                "Who is affected is computed, people and the authority are told in time, and drills run every year.",
                "计算受影响人员，及时告知个人和主管部门，并每年演练。",
            ),
        )
    },
    Clause {
        principles: &[Security, RightsMatchDuties],
        standing: Standing::NotYet,
        ..row(
            "C-7.7",
            text("Training", "培训"),
            text(
                "Staff whose training is too long ago cannot open personal data.",
                "培训过期的工作人员不能打开个人信息。",
            ),
        )
    },
    Clause {
        principles: &[Security],
        standing: Standing::partly(
            "There is no page yet that says where each control is enforced.",
            "尚无页面说明每项控制的落实之处。",
        ),
        ..row(
            "C-7.8",
            text("An overall security policy", "总体安全策略"),
            text(
                "A managed runtime, a template that is checked against rules, and a page that says where each control is enforced.",
                "采用托管运行环境，模板按规则检查，并有页面说明每项控制的落实之处。",
            ),
        )
    },
];
