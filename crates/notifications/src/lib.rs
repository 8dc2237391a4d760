//! copihue-notifications.
