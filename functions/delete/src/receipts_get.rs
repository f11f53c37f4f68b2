//! `GET /v1/receipts/{id}`: a receipt, readable and verifiable without an account (C-8.2).

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use shared::domain::period::Period;
use shared::domain::receipt::Statement;
use shared::error::corrupt;
use shared::http::{Call, Id, Missing, Problem};
use shared::ids::ReceiptId;
use shared::records::receipt::{self, Receipt, SCHEDULED};
use shared::store::{Attr, Row};
use shared::vault::{self, Owner, PublicKey};
use utoipa::ToSchema;

/// A receipt.
#[derive(Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(crate) struct Shown {
    /// Its id.
    receipt: String,
    /// `scheduled` until the erasure, then `erased`.
    state: String,
    /// When the person asked, RFC 3339.
    #[schema(format = DateTime)]
    requested_at: String,
    /// While scheduled: when the account is erased, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    erases_at: Option<String>,
    /// Once erased: when, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    erased_at: Option<String>,
    /// Once erased: what is gone, what stays, under which duty and until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Statement>, nullable = false)]
    statement: Option<Value>,
    /// The same statement, signed (JWS compact serialisation, EdDSA).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    signed: Option<String>,
    /// The public key of the signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key: Option<PublicKey>,
    /// Whether the signature verifies with that key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verifies: Option<bool>,
}

/// Reads a receipt.
#[utoipa::path(
    get, path = "/v1/receipts/{id}", operation_id = "get_receipt", tag = "delete",
    params(("id" = String, Path, description = "The receipt's id")),
    responses(
        (status = 200, description = "The receipt", body = Shown),
        (status = "4XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
        (status = "5XX", description = "A problem", body = shared::http::ProblemDocument,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_receipt(call: Call, Id(id): Id) -> Result<Response, Problem> {
    let id = ReceiptId::parse(&id).ok_or(Missing::Receipt)?;
    let [row] = call.ports.store.get(&[receipt::key(&id)]).await?;
    let row = row.filter(|row| !row.is_expired(call.now)).ok_or(Missing::Receipt)?;
    let mut shown = Shown {
        receipt: id.to_string(),
        state: row.text(Attr::State)?.to_owned(),
        requested_at: row.time(Attr::CreatedAt)?.rfc3339(),
        erases_at: None,
        erased_at: None,
        statement: None,
        signed: None,
        key: None,
        verifies: None,
    };
    if shown.state == SCHEDULED {
        shown.erases_at = Some(row.time(Attr::ErasesAt)?.rfc3339());
    } else {
        show_statement(&call, &row, &mut shown).await?;
    }
    Ok(axum::Json(json!(shown)).into_response())
}

/// Opens the signed statement, and checks it as anyone can.
async fn show_statement(call: &Call, row: &Row, shown: &mut Shown) -> Result<(), Problem> {
    let erased_at = row.time(Attr::ErasedAt)?;
    let owner = Owner::Period(Period::evidence(erased_at));
    let [key] = call.ports.store.get(&[owner.key()]).await?;
    let key = call.ports.vault.open(owner, key.as_ref()).await?;
    let sealed: Receipt = key.ok_or(Missing::Receipt)?.open(row)?;
    let key_id = vault::key_id(&sealed.statement).ok_or_else(|| corrupt("receipt", "statement"))?;
    let public = call.ports.vault.receipt_key(&key_id).await?;
    let content = public.as_ref().and_then(|key| vault::verify(&sealed.statement, key));
    shown.verifies = Some(content.is_some());
    shown.statement = content.and_then(|content| serde_json::from_slice(&content).ok());
    shown.signed = Some(sealed.statement);
    shown.key = public;
    shown.erased_at = Some(erased_at.rfc3339());
    Ok(())
}
