//! Errors of the services, in their own words.

/// An error response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
}

impl ServiceError {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException", message)
    }

    pub fn unknown_client() -> Self {
        Self::new(
            400,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )
    }

    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::new(400, "AccessDeniedException", message)
    }

    pub fn unknown_operation() -> Self {
        Self::new(400, "UnknownOperationException", "")
    }

    pub fn invalid_token() -> Self {
        Self::new(400, "InvalidNextToken", "The specified token is not valid.")
    }

    pub fn invalid_filter() -> Self {
        Self::new(400, "InvalidFilter", "The filter name is not valid.")
    }

    pub fn throttled() -> Self {
        Self::new(400, "ThrottlingException", "Rate exceeded")
    }

    pub fn internal() -> Self {
        Self::new(
            500,
            "InternalServerError",
            "An error occurred on the server side.",
        )
    }

    pub fn baseline_not_found() -> Self {
        Self::new(
            400,
            "DoesNotExistException",
            "Patch Baseline to be retrieved does not exist.",
        )
    }

    /// The body. Errors of the service model have `Message`, those of the front end `message`.
    pub fn body(&self) -> Vec<u8> {
        let front = [
            "ValidationException",
            "SerializationException",
            "ThrottlingException",
            "UnrecognizedClientException",
            "UnknownOperationException",
        ];
        let key = if front.contains(&self.code) {
            "message"
        } else {
            "Message"
        };
        let body = if self.message.is_empty() {
            serde_json::json!({ "__type": self.code })
        } else {
            serde_json::json!({ "__type": self.code, key: self.message })
        };
        body.to_string().into_bytes()
    }
}
