use super::WorkbookError;
use super::number_format::NumberFormat;
use super::xml::{Xml, attribute, next, number_attribute};
use quick_xml::events::Event;
use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

/// The number formats of a workbook's cell styles.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<Rc<NumberFormat>>,
}

impl Styles {
    pub(super) fn read<R: Read>(mut reader: Xml<R>) -> Result<Self, WorkbookError> {
        let mut codes: HashMap<u32, String> = HashMap::new();
        let mut known: HashMap<u32, Rc<NumberFormat>> = HashMap::new();
        let mut styles = Self::default();
        let mut in_cell_styles = false;
        let mut buffer = Vec::new();
        loop {
            match next(&mut reader, &mut buffer)? {
                Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                    "numFmt" => {
                        let id = number_attribute(&e, "numFmtId")?;
                        if let (Some(id), Some(code)) = (id, attribute(&e, "formatCode")?) {
                            codes.insert(id, code);
                        }
                    }
                    "cellXfs" => in_cell_styles = true,
                    "xf" if in_cell_styles => {
                        let id = number_attribute(&e, "numFmtId")?.unwrap_or(0);
                        let format = known.entry(id).or_insert_with(|| {
                            Rc::new(match codes.get(&id) {
                                Some(code) => NumberFormat::parse(code),
                                None => NumberFormat::built_in(id),
                            })
                        });
                        styles.formats.push(Rc::clone(format));
                    }
                    _ => {}
                },
                Event::End(e) if e.local_name().as_ref() == "cellXfs" => in_cell_styles = false,
                Event::Eof => return Ok(styles),
                _ => {}
            }
        }
    }

    /// The format of a style; `None` means General.
    pub(super) fn format(&self, style: usize) -> Option<&NumberFormat> {
        self.formats.get(style).map(Rc::as_ref)
    }
}
