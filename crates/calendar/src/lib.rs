//! copihue-calendar.
