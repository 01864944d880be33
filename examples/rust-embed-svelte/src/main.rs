use axum::{
    Json, Router,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::Embed;
use serde_json::{Value, json};
use tokio::{net::TcpListener, signal::unix};

#[derive(Embed)]
#[folder = "web/dist/"]
struct Pages;

async fn page(uri: Uri) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match Pages::get(path) {
        Some(file) => {
            let kind = mime_guess::from_path(path).first_or_octet_stream();
            ([(header::CONTENT_TYPE, kind.as_ref())], file.data).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn entries() -> Json<Value> {
    Json(json!(["Rome", "Oslo"]))
}

fn router() -> Router {
    Router::new().route("/api/entries", get(entries)).fallback(page)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:3000").await?;
    let mut terminated = unix::signal(unix::SignalKind::terminate())?;
    axum::serve(listener, router())
        .with_graceful_shutdown(async move {
            terminated.recv().await;
        })
        .await
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn there_are_two_entries() {
        assert_eq!(super::entries().await.0.as_array().map(Vec::len), Some(2));
    }
}
