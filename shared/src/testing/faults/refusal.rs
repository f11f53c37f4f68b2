//! Answers that the service did not give, and connections that break.

use super::{record::Call, request::Request, script::Fault};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::ConnectorError};
use aws_smithy_types::body::SdkBody;
use axum::http::StatusCode;
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use std::io;

const DYNAMODB: &str = "com.amazonaws.dynamodb.v20120810#";

/// What the caller gets of a request that is not sent; none where it is to be sent.
pub(super) fn unsent(
    fault: &Fault,
    request: &Request,
) -> Option<Result<HttpResponse, ConnectorError>> {
    Some(match fault {
        Fault::RefuseBefore => Err(refused()),
        Fault::Throttle => Ok(throttled(request)),
        Fault::ServerError => Ok(broken(request)),
        Fault::Conflict => Ok(conflict(request)),
        _ => return None,
    })
}

/// The answer that never came.
pub(super) fn lost() -> ConnectorError {
    ConnectorError::io(error(io::ErrorKind::ConnectionReset, "the answer was lost"))
}

/// The read timeout ran out.
pub(super) fn timed_out() -> ConnectorError {
    ConnectorError::timeout(error(io::ErrorKind::TimedOut, "the answer came too late"))
}

/// A body that breaks while it is read.
pub(super) fn cut() -> SdkBody {
    let cut = |_| error(io::ErrorKind::UnexpectedEof, "the connection was cut");
    SdkBody::from_body_1_x(Limited::new(SdkBody::from("{"), 0).map_err(cut))
}

fn refused() -> ConnectorError {
    let error = error(io::ErrorKind::ConnectionRefused, "the connection was refused");
    ConnectorError::io(error).never_connected()
}

fn error(kind: io::ErrorKind, what: &str) -> Box<dyn std::error::Error + Send + Sync> {
    io::Error::new(kind, format!("injected fault: {what}")).into()
}

fn throttled(request: &Request) -> HttpResponse {
    let kind = match request.operation.as_str() {
        "TransactWriteItems" | "TransactGetItems" => {
            "com.amazon.coral.availability#ThrottlingException".to_owned()
        }
        _ if request.dynamodb => format!("{DYNAMODB}ProvisionedThroughputExceededException"),
        _ => "ThrottlingException".to_owned(),
    };
    let message = "Rate of requests exceeds the allowed throughput.";
    answer(StatusCode::BAD_REQUEST, &json!({"__type": kind, "message": message}))
}

fn broken(request: &Request) -> HttpResponse {
    let kind = if request.dynamodb {
        format!("{DYNAMODB}InternalServerError")
    } else {
        "KMSInternalException".to_owned()
    };
    let body = json!({"__type": kind, "message": "Internal server error"});
    answer(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

fn conflict(request: &Request) -> HttpResponse {
    let message = "Transaction is ongoing for the item";
    let Call { actions, operation, .. } = request.describe(0);
    if !operation.starts_with("Transact") {
        let kind = format!("{DYNAMODB}TransactionConflictException");
        return answer(StatusCode::BAD_REQUEST, &json!({"__type": kind, "message": message}));
    }
    let mut reasons = vec![json!({"Code": "None"}); actions.len()];
    let mut codes = vec!["None"; actions.len()];
    if let (Some(reason), Some(code)) = (reasons.first_mut(), codes.first_mut()) {
        *reason = json!({"Code": "TransactionConflict", "Message": message});
        *code = "TransactionConflict";
    }
    let advice = "Transaction cancelled, please refer cancellation reasons for specific reasons";
    let body = json!({
        "__type": format!("{DYNAMODB}TransactionCanceledException"),
        "Message": format!("{advice} [{}]", codes.join(", ")),
        "CancellationReasons": reasons,
    });
    answer(StatusCode::BAD_REQUEST, &body)
}

fn answer(status: StatusCode, body: &Value) -> HttpResponse {
    let mut response = HttpResponse::new(status.into(), SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}
