//! The connector between the SDK and the real one.

use super::{Faults, refusal, request::Request, script::Fault};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use serde_json::Value;
use std::{mem, time::Duration};

#[derive(Debug)]
pub(super) struct Connector {
    pub(super) inner: SharedHttpConnector,
    pub(super) faults: Faults,
    pub(super) read_timeout: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, http: HttpRequest) -> HttpConnectorFuture {
        let request = Request::read(&http);
        let (call, fault) = self.faults.state().begin(&request);
        if let Some(watch) = &self.faults.watch {
            watch(&call);
        }
        let number = call.number;
        if let Some(answer) = fault.as_ref().and_then(|fault| refusal::unsent(fault, &request)) {
            return HttpConnectorFuture::ready(answer);
        }
        let sent = self.inner.call(http);
        let faults = self.faults.clone();
        let read_timeout = self.read_timeout;
        HttpConnectorFuture::new(async move {
            let mut response = sent.await?;
            if request.dynamodb && response.status().is_success() {
                let body = mem::replace(response.body_mut(), SdkBody::taken());
                let body = body.collect().await.map_err(ConnectorError::io)?.to_bytes();
                let mut answer = serde_json::from_slice(&body).unwrap_or_default();
                *response.body_mut() = SdkBody::from(body);
                if faults.state().answered(number, &request, fault.as_ref(), &mut answer) {
                    replace_body(&mut response, &answer);
                }
            }
            arrive(response, fault, read_timeout).await
        })
    }
}

/// What becomes of an answer on its way back.
async fn arrive(
    mut response: HttpResponse,
    fault: Option<Fault>,
    read_timeout: Option<Duration>,
) -> Result<HttpResponse, ConnectorError> {
    match fault {
        Some(Fault::FailAfter) => return Err(refusal::lost()),
        Some(Fault::CutConnection) => *response.body_mut() = refusal::cut(),
        Some(Fault::Delay(delay)) => {
            let patience = read_timeout.unwrap_or(Duration::MAX);
            tokio::time::sleep(delay.min(patience)).await;
            if patience < delay {
                return Err(refusal::timed_out());
            }
        }
        _ => {}
    }
    Ok(response)
}

fn replace_body(response: &mut HttpResponse, answer: &Value) {
    *response.body_mut() = SdkBody::from(answer.to_string());
    response.headers_mut().remove("content-length");
    response.headers_mut().remove("x-amz-crc32");
}
