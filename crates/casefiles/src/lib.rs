//! copihue-casefiles.
