//! The limit: what the csv crate takes to read a sheet, or to copy it, and nothing else.
//!
//! Not a benchmark of its own but a program that `whole.py` measures: `raw read FILE`, `raw copy FILE TARGET`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds `--bench` when it runs this itself.
    let arguments: Vec<_> =
        std::env::args_os().skip(1).filter(|argument| argument != "--bench").collect();
    let mut record = csv::ByteRecord::new();
    match arguments.as_slice() {
        [verb, file] if verb == "read" => {
            let mut reader = csv::Reader::from_path(file)?;
            while reader.read_byte_record(&mut record)? {}
        }
        [verb, file, target] if verb == "copy" => {
            let mut reader = csv::Reader::from_path(file)?;
            let mut writer = csv::Writer::from_path(target)?;
            writer.write_byte_record(reader.byte_headers()?)?;
            while reader.read_byte_record(&mut record)? {
                writer.write_byte_record(&record)?;
            }
            writer.flush()?;
        }
        _ => {}
    }
    Ok(())
}
