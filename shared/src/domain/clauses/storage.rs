//! Sections 4 and 5: cookies, storage and its end.

use super::Principle::{ClearPurpose, Minimum, Openness, RightsMatchDuties, Security};
use super::{Clause, Limit, Standing, row};
use crate::domain::inventory::items;
use crate::domain::locale::text;

pub(super) const CLAUSES: &[Clause] = &[
    Clause {
        principles: &[ClearPurpose, Security],
        standing: Standing::Served,
        routes: &["POST /v1/sessions"],
        items: &[&items::SESSION_ENDS, &items::SESSION_REMEMBERED, &items::SESSION_SEEN],
        limits: &[
            Limit::SessionIdle,
            Limit::SessionIdleRemembered,
            Limit::SessionAbsolute,
            Limit::SessionAbsoluteRemembered,
        ],
        ..row(
            "C-4.1",
            text("The cookie keeps the log-in", "Cookie 用于保持登录"),
            text(
                "One cookie, out of reach of scripts and other sites, ends unused and at the latest; it outlives the browser only if asked to.",
                "仅一个 Cookie，脚本和其他站点无法读取，闲置及到期即失效；仅在您要求时才在浏览器关闭后保留。",
            ),
        )
    },
    Clause {
        principles: &[Minimum, Openness],
        standing: Standing::Served,
        routes: &["POST /v1/sessions", "POST /v1/third-parties/{provider}/authorizations"],
        items: &[&items::SESSION_DEVICE],
        limits: &[Limit::AuthorizationValid],
        ..row(
            "C-4.2",
            text("Nothing but log-in state in cookies", "Cookie 仅含登录状态"),
            text(
                "Beside it one of random bytes, while a log-in by a third party is under way; no other cookie, no beacon, no fingerprint, and no picture in a mail that calls home.",
                "此外仅在第三方登录进行期间有一个随机值 Cookie；没有其他 Cookie、信标或指纹，邮件中也没有回传的图片。",
            ),
        )
    },
    Clause {
        principles: &[Security, RightsMatchDuties],
        standing: Standing::Served,
        ..row(
            "C-5.1",
            text("Stored in mainland China", "在境内存储"),
            text(
                "Deployment refuses other regions unless the operator lifts that, and start-up checks again.",
                "除非运营者解除限制，否则拒绝部署到其他区域，启动时再次检查。",
            ),
        )
    },
    Clause {
        principles: &[Minimum, Openness],
        standing: Standing::partly("There are no legal holds yet.", "尚无依法留存的登记。"),
        routes: &["GET /v1/me/retention", "GET /v1/policy/inventory"],
        limits: &[
            Limit::LogMonths,
            Limit::EvidenceYears,
            Limit::MessageKept,
            Limit::CounterKept,
            Limit::RepeatKept,
            Limit::KeyRecovery,
            Limit::Recovery,
        ],
        ..row(
            "C-5.2",
            text("How long", "保存期限"),
            text(
                "Every item has an end and a reason for it, and the person can read both.",
                "每个信息项都有期限及其理由，个人可以查看。",
            ),
        )
    },
    Clause {
        principles: &[Minimum],
        standing: Standing::Served,
        limits: &[
            Limit::CodeValid,
            Limit::CoolingOff,
            Limit::Unused,
            Limit::FirstNotice,
            Limit::LastNotice,
        ],
        ..row(
            "C-5.3",
            text("Then deleted or anonymised", "到期删除或匿名化"),
            text(
                "A job ends what is due and nothing else, at a cost that follows what is due.",
                "定时任务只处理到期内容，其成本取决于到期数量。",
            ),
        )
    },
    Clause {
        principles: &[RightsMatchDuties, Openness],
        standing: Standing::NotYet,
        ..row(
            "C-5.4",
            text("When the service stops", "停止运营"),
            text(
                "Closing announces itself, collects nothing new, leaves exports open, then erases everybody and reports.",
                "停止运营时发布公告、停止收集、保留导出，随后删除全部数据并出具报告。",
            ),
        )
    },
    Clause {
        principles: &[Minimum, Security],
        standing: Standing::NotYet,
        ..row(
            "C-5.5",
            text("Anonymised is for good", "匿名化不可复原"),
            text(
                "What is kept for statistics has no identifier and no small groups, and cannot be linked back.",
                "为统计保留的数据不含标识，也不含小样本组，无法关联到个人。",
            ),
        )
    },
];
