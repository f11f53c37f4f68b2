//! A function's routes, with a list of them that the API document is compared with.

use crate::ports::Ports;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};

/// Routes, and the list of them.
#[derive(Clone, Default)]
pub struct Routes {
    pub(super) router: Router<Ports>,
    list: Vec<(Method, &'static str)>,
}

impl Routes {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route that reads.
    #[must_use]
    pub fn get<H: Handler<T, Ports>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::GET, MethodFilter::GET, path, handler)
    }

    /// Adds a route that creates or acts.
    #[must_use]
    pub fn post<H: Handler<T, Ports>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::POST, MethodFilter::POST, path, handler)
    }

    /// Adds a route that sets something whole.
    #[must_use]
    pub fn put<H: Handler<T, Ports>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::PUT, MethodFilter::PUT, path, handler)
    }

    /// Adds a route that changes a part.
    #[must_use]
    pub fn patch<H: Handler<T, Ports>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::PATCH, MethodFilter::PATCH, path, handler)
    }

    /// Adds a route that ends or withdraws.
    #[must_use]
    pub fn delete<H: Handler<T, Ports>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::DELETE, MethodFilter::DELETE, path, handler)
    }

    /// Hands something to these routes that lives as long as the process.
    #[must_use]
    pub fn with<T: Clone + Send + Sync + 'static>(mut self, kept: T) -> Self {
        self.router = self.router.layer(Extension(kept));
        self
    }

    fn on<H: Handler<T, Ports>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.router = self.router.route(path, on(filter, handler));
        self.list.push((method, path));
        self
    }

    /// These routes and those of another function.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// Every route: method and path.
    pub fn list(&self) -> &[(Method, &'static str)] {
        &self.list
    }
}
