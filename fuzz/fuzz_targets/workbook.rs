#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| enrow_phone::fuzz::workbook(bytes));
