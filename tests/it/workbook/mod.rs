//! Workbooks in, the same workbooks out.

mod formats;
mod kept;
mod parts;
mod reading;
