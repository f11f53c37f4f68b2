//! Whose work a task does: the local stand-in for the role that a deployed function runs under.
//!
//! One process serves every function here, so the name of the function travels with the task. Tests
//! read it where the calls to AWS are made.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::pin::Pin;
use std::sync::Arc;
use tokio::task::futures::TaskLocalFuture;

tokio::task_local! {
    static FUNCTION: &'static str;
}

/// Every route, with the function that serves it.
pub type Served = Arc<[(Method, &'static str, &'static str)]>;

/// Does a function's work in its name. The work is large, so it does not lie on the stack.
pub fn acting<F: Future>(
    function: &'static str,
    work: F,
) -> TaskLocalFuture<&'static str, Pin<Box<F>>> {
    FUNCTION.scope(function, Box::pin(work))
}

/// The function whose work this task does; `None` for the runner itself.
pub fn current() -> Option<&'static str> {
    FUNCTION.try_with(|name| *name).ok()
}

/// Every route, with the function that serves it.
pub fn served() -> Served {
    let of = |(function, routes): (&'static str, shared::http::Routes)| {
        let route = |(method, path): &(Method, &'static str)| (method.clone(), *path, function);
        routes.list().iter().map(route).collect::<Vec<_>>()
    };
    crate::openapi::functions().into_iter().flat_map(of).collect()
}

/// Serves a request in the name of the function that has its route.
pub async fn by_its_function(
    State(served): State<Served>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    // Whoever serves GET answers HEAD too.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let function = served.iter().find(|(of, at, _)| of == method && Some(*at) == path);
    match function {
        Some((_, _, name)) => acting(name, next.run(request)).await,
        None => next.run(request).await,
    }
}
