//! The SDK's errors as kinds that a caller can act on.

use crate::error::{Error, Kind};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error as StdError;
use std::fmt::Debug;

/// Error codes that ask to slow down.
const THROTTLES: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
    "LimitExceededException",
];

/// What a failed call means.
///
/// The source keeps the service's code and nothing of its message, which may quote values.
pub(super) fn error<E, R>(operation: &'static str, error: &SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: Debug,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    let kind = match (error, code) {
        (_, Some(code)) if THROTTLES.contains(&code) => Kind::Throttled,
        (_, Some("InternalServerError" | "ServiceUnavailable")) => Kind::Unavailable,
        (SdkError::ServiceError(_), Some(_)) | (SdkError::ConstructionFailure(_), _) => {
            Kind::Internal
        }
        _ => Kind::Unavailable,
    };
    Error::new(kind, operation).at(code.unwrap_or("no answer").to_owned())
}
