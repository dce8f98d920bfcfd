//! tantivy as its documentation sets it up: one text field with positions fed by a whitespace tokenizer, codes as raw terms that are fast fields too, numbers
//! as fast fields, segments merged into one, read through MmapDirectory. It has no geographic field in this version: each place is also indexed as the cell of
//! a grid, and a document predicate checks the exact distance from fast fields. Facets with their own filter left out come from one collector of our own (the
//! documented way to count several things at once), so that one pass answers the whole query. The protocol is that of ../harness.h.

use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tantivy::collector::{Collector, Count, SegmentCollector, TopDocs};
use tantivy::columnar::{Column, StrColumn};
use tantivy::query::doc_predicate_query::{ConstOrVariableSegmentPredicate, DocPredicate, DocPredicateQuery, SegmentDocPredicate};
use tantivy::query::{BooleanQuery, ConstScoreQuery, EnableScoring, Occur, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery};
use tantivy::schema::*;
use tantivy::tokenizer::{Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer, WhitespaceTokenizer};
use tantivy::{DocId, Index, IndexSettings, Order, ReloadPolicy, Score, Searcher, SegmentReader, TantivyDocument, Term};

const FACETS: [&str; 5] = ["sector", "staff_group", "pay_band", "contract_type", "working_pattern"];
const PATTERN: usize = 4;
const TOP: usize = 20;
const EARTH_M: f64 = 6371008.8;
const CELL: f64 = 0.1; // degrees

#[derive(Clone)]
struct Fields {
    text: Field,
    facets: [Field; 5],
    cell: Field,
    lat: Field,
    lon: Field,
    salary: Field,
    published: Field,
    closes: Field,
    number: Field,
}

fn schema() -> (Schema, Fields) {
    let mut b = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("words").set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let code = TextOptions::default()
        .set_indexing_options(TextFieldIndexing::default().set_tokenizer("raw").set_fieldnorms(false).set_index_option(IndexRecordOption::Basic))
        .set_fast("raw");
    let fields = Fields {
        text: b.add_text_field("text", TextOptions::default().set_indexing_options(indexing)),
        facets: FACETS.map(|f| b.add_text_field(f, code.clone())),
        cell: b.add_u64_field("cell", INDEXED),
        lat: b.add_f64_field("lat", FAST),
        lon: b.add_f64_field("lon", FAST),
        salary: b.add_i64_field("salary", FAST),
        published: b.add_i64_field("published", FAST),
        closes: b.add_i64_field("closes", FAST),
        number: b.add_u64_field("number", FAST),
    };
    (b.build(), fields)
}

/// Tokens between spaces; with OWN_ANALYSER what tantivy calls "en_stem".
fn words() -> TextAnalyzer {
    if std::env::var("OWN_ANALYSER").map_or(true, |own| own.is_empty()) {
        return TextAnalyzer::from(WhitespaceTokenizer::default());
    }
    TextAnalyzer::builder(SimpleTokenizer::default()).filter(RemoveLongFilter::limit(40)).filter(LowerCaser).filter(Stemmer::new(Language::English)).build()
}

fn with_tokenizer(index: Index) -> Index {
    index.tokenizers().register("words", words());
    index
}

fn taken_apart(text: &str) -> Vec<String> {
    let (mut analyser, mut found) = (words(), Vec::new());
    analyser.token_stream(text).process(&mut |t| found.push(t.text.clone()));
    found
}

fn row(lat: f64) -> i64 {
    ((lat + 90.0) / CELL).floor() as i64
}

fn cell(r: i64, c: i64) -> u64 {
    (r as u64) << 16 | c as u64
}

fn column(lon: f64) -> i64 {
    ((lon + 180.0) / CELL).floor() as i64
}

fn build(corpus: &str, dir: &str) {
    let (schema, f) = schema();
    let from = Instant::now();
    let path = std::path::Path::new(dir).join("index");
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    let directory = tantivy::directory::MmapDirectory::open(&path).unwrap();
    let index = with_tokenizer(Index::create(directory, schema, IndexSettings::default()).unwrap());
    let mut writer = index.writer_with_num_threads(2, 1_000_000_000).unwrap();
    for line in BufReader::new(File::open(corpus).unwrap()).lines() {
        let line = line.unwrap();
        let c: Vec<&str> = line.split('\t').collect();
        let mut d = TantivyDocument::new();
        d.add_u64(f.number, c[0].parse().unwrap());
        for k in 0..PATTERN {
            d.add_text(f.facets[k], c[1 + k]);
        }
        for p in c[5].split(',') {
            d.add_text(f.facets[PATTERN], p);
        }
        for p in c[6].split(';').filter(|p| !p.is_empty()) {
            let (lat, lon) = p.split_once(',').unwrap();
            let (lat, lon): (f64, f64) = (lat.parse().unwrap(), lon.parse().unwrap());
            d.add_f64(f.lat, lat);
            d.add_f64(f.lon, lon);
            d.add_u64(f.cell, cell(row(lat), column(lon)));
        }
        let closes: i64 = c[10].parse().unwrap();
        d.add_i64(f.salary, c[7].parse().unwrap());
        d.add_i64(f.published, c[9].parse().unwrap());
        d.add_i64(f.closes, if closes == 0 { i64::MAX } else { closes });
        // Values of one field lie a position apart: no phrase crosses them.
        for text in &c[11..16] {
            for part in text.split('|') {
                d.add_text(f.text, part);
            }
        }
        writer.add_document(d).unwrap();
    }
    writer.commit().unwrap();
    let segments = index.searchable_segment_ids().unwrap();
    if segments.len() > 1 {
        writer.merge(&segments).wait().unwrap();
    }
    writer.garbage_collect_files().wait().unwrap();
    writer.wait_merging_threads().unwrap();
    println!("build {:.3} 0", from.elapsed().as_secs_f64());
}

// ---- queries

struct Asked {
    words: Vec<String>,
    quoted: bool,
    codes: [Vec<String>; 5],
    salary: i64,
    lat: f64,
    lon: f64,
    radius: f64,
    facets: bool,
    now: i64,
}

fn read_queries(path: &str) -> Vec<Asked> {
    let split = |s: &str, by: char| -> Vec<String> { s.split(by).filter(|w| !w.is_empty()).map(String::from).collect() };
    BufReader::new(File::open(path).unwrap())
        .lines()
        .map(|line| {
            let line = line.unwrap();
            let c: Vec<&str> = line.split('\t').collect();
            Asked {
                words: taken_apart(c[3]),
                quoted: c[4] == "1",
                codes: std::array::from_fn(|k| split(c[5 + k], ',')),
                salary: c[10].parse().unwrap(),
                lat: c[11].parse().unwrap(),
                lon: c[12].parse().unwrap(),
                radius: c[13].parse().unwrap(),
                facets: c[14] == "1",
                now: c[15].parse().unwrap(),
            }
        })
        .collect()
}

fn metres(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let (p1, p2) = (lat1.to_radians(), lat2.to_radians());
    let x = ((p2 - p1) / 2.0).sin();
    let y = ((lon2 - lon1).to_radians() / 2.0).sin();
    2.0 * EARTH_M * (x * x + p1.cos() * p2.cos() * y * y).sqrt().asin()
}

/// Within a radius: the cells that the circle touches lead, exact distances decide.
#[derive(Debug, Clone)]
struct Near {
    schema: Schema,
    cell: Field,
    lat: f64,
    lon: f64,
    radius: f64,
}

struct NearSegment {
    lat: Column<f64>,
    lon: Column<f64>,
    near: Near,
}

impl SegmentDocPredicate for NearSegment {
    fn eval(&mut self, doc: DocId) -> bool {
        self.lat.values_for_doc(doc).zip(self.lon.values_for_doc(doc)).any(|(lat, lon)| metres(lat, lon, self.near.lat, self.near.lon) <= self.near.radius)
    }
}

impl Near {
    fn cells(&self) -> TermSetQuery {
        let dy = (self.radius / EARTH_M).to_degrees() * 1.001;
        let dx = dy / ((self.lat.abs() + dy).to_radians().cos());
        let mut terms = Vec::new();
        for r in row(self.lat - dy)..=row(self.lat + dy) {
            for c in column(self.lon - dx)..=column(self.lon + dx) {
                terms.push(Term::from_field_u64(self.cell, cell(r, c)));
            }
        }
        TermSetQuery::new(terms)
    }
}

impl DocPredicate for Near {
    type SegmentDocPredicate = NearSegment;

    fn doc_predicate(&self, reader: &SegmentReader) -> tantivy::Result<ConstOrVariableSegmentPredicate<NearSegment>> {
        let scorer = self.cells().weight(EnableScoring::disabled_from_schema(&self.schema))?.scorer(reader, 1.0)?;
        Ok(ConstOrVariableSegmentPredicate::Variable {
            predicate: NearSegment { lat: reader.fast_fields().f64("lat")?, lon: reader.fast_fields().f64("lon")?, near: self.clone() },
            necessary_condition: Box::new(scorer),
        })
    }
}

fn at_least(field: Field, least: i64) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(Bound::Included(Term::from_field_i64(field, least)), Bound::Unbounded)), 0.0))
}

fn codes_query(field: Field, codes: &[String]) -> Box<dyn Query> {
    let any = codes.iter().map(|c| (Occur::Should, Box::new(TermQuery::new(Term::from_field_text(field, c), IndexRecordOption::Basic)) as Box<dyn Query>)).collect();
    Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::new(any)), 0.0))
}

/// Text, place, time, pay; filters too where they are not the collector's business.
fn query_of(e: &Engine, q: &Asked, filters: bool) -> BooleanQuery {
    let f = &e.fields;
    let mut must: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let terms: Vec<Term> = q.words.iter().map(|w| Term::from_field_text(f.text, w)).collect();
    if q.quoted && terms.len() > 1 {
        must.push((Occur::Must, Box::new(PhraseQuery::new(terms))));
    } else {
        for t in terms {
            must.push((Occur::Must, Box::new(TermQuery::new(t, IndexRecordOption::WithFreqs))));
        }
    }
    for k in 0..5 {
        if filters && !q.codes[k].is_empty() {
            must.push((Occur::Must, codes_query(f.facets[k], &q.codes[k])));
        }
    }
    if q.radius > 0.0 {
        let near = Near { schema: e.schema.clone(), cell: f.cell, lat: q.lat, lon: q.lon, radius: q.radius };
        must.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(DocPredicateQuery::from(near)), 0.0))));
    }
    if q.salary > 0 {
        must.push((Occur::Must, at_least(f.salary, q.salary)));
    }
    must.push((Occur::Must, at_least(f.closes, q.now + 1)));
    BooleanQuery::new(must)
}

// ---- facets, each with its own filter left out, the total and the best in one pass

struct Sideways<'a> {
    asked: &'a Asked,
}

#[derive(Default)]
struct Found {
    total: u64,
    facets: u64,
    best: Vec<u64>,
}

struct SidewaysSegment {
    columns: Vec<StrColumn>,
    wanted: Vec<Option<Vec<bool>>>, // by ordinal; None: no filter
    counts: Vec<Vec<u32>>,
    best: BinaryHeap<(std::cmp::Reverse<u32>, DocId)>, // a positive float orders as its bits do
    number: Column<u64>,
    total: u64,
}

impl Collector for Sideways<'_> {
    type Fruit = Found;
    type Child = SidewaysSegment;

    fn for_segment(&self, _: u32, reader: &SegmentReader) -> tantivy::Result<SidewaysSegment> {
        let fast = reader.fast_fields();
        let columns: Vec<StrColumn> = FACETS.iter().map(|f| fast.str(f).unwrap().unwrap()).collect();
        let wanted = (0..5)
            .map(|k| {
                let codes = &self.asked.codes[k];
                if codes.is_empty() {
                    return None;
                }
                let mut ords = vec![false; columns[k].num_terms()];
                for code in codes {
                    if let Some(ord) = columns[k].dictionary().term_ord(code.as_bytes()).unwrap() {
                        ords[ord as usize] = true;
                    }
                }
                Some(ords)
            })
            .collect();
        let counts = columns.iter().map(|c| vec![0; c.num_terms()]).collect();
        Ok(SidewaysSegment { columns, wanted, counts, best: BinaryHeap::with_capacity(TOP + 1), number: fast.u64("number")?, total: 0 })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, found: Vec<Found>) -> tantivy::Result<Found> {
        let mut all = Found::default();
        for f in found {
            all.total += f.total;
            all.facets = all.facets.wrapping_add(f.facets);
            all.best.extend(f.best);
        }
        Ok(all)
    }
}

impl SidewaysSegment {
    fn count(&mut self, k: usize, doc: DocId) {
        if k != PATTERN {
            if let Some(ord) = self.columns[k].ords().first(doc) {
                self.counts[k][ord as usize] += 1;
            }
            return;
        }
        for ord in self.columns[k].ords().values_for_doc(doc) {
            self.counts[k][ord as usize] += 1;
        }
    }
}

impl SegmentCollector for SidewaysSegment {
    type Fruit = Found;

    fn collect(&mut self, doc: DocId, score: Score) {
        let mut failed = None;
        for k in 0..5 {
            let Some(wanted) = &self.wanted[k] else { continue };
            let ords = self.columns[k].ords();
            let passes = if k == PATTERN { ords.values_for_doc(doc).any(|o| wanted[o as usize]) } else { ords.first(doc).is_some_and(|o| wanted[o as usize]) };
            if passes {
                continue;
            }
            if failed.is_some() {
                return;
            }
            failed = Some(k);
        }
        if let Some(k) = failed {
            self.count(k, doc);
            return;
        }
        self.total += 1;
        for k in 0..5 {
            self.count(k, doc);
        }
        let entry = (std::cmp::Reverse(score.to_bits()), doc);
        if self.best.len() < TOP {
            self.best.push(entry);
        } else if entry < *self.best.peek().unwrap() {
            self.best.pop();
            self.best.push(entry);
        }
    }

    fn harvest(self) -> Found {
        let mut facets = 0u64;
        let mut code = String::new();
        for k in 0..5 {
            for (ord, &n) in self.counts[k].iter().enumerate() {
                if n > 0 {
                    code.clear();
                    self.columns[k].ord_to_str(ord as u64, &mut code).unwrap();
                    facets = facets.wrapping_add(hash(k, &code).wrapping_mul(n as u64));
                }
            }
        }
        let best = self.best.into_sorted_vec().iter().map(|&(_, doc)| self.number.first(doc).unwrap()).collect();
        Found { total: self.total, facets, best }
    }
}

fn hash(facet: usize, code: &str) -> u64 {
    FACETS[facet].bytes().chain(*b":").chain(code.bytes()).fold(0xcbf29ce484222325, |h, b| (h ^ b as u64).wrapping_mul(0x100000001b3))
}

// ---- running

struct Engine {
    searcher: Searcher,
    schema: Schema,
    fields: Fields,
}

fn run(e: &Engine, q: &Asked) -> (u64, u64) {
    if q.facets {
        let found = e.searcher.search(&query_of(e, q, false), &Sideways { asked: q }).unwrap();
        std::hint::black_box(&found.best);
        return (found.total, found.facets);
    }
    let query = query_of(e, q, true);
    let number = |address: tantivy::DocAddress| e.searcher.segment_reader(address.segment_ord).fast_fields().u64("number").unwrap().first(address.doc_id);
    if q.words.is_empty() {
        let (n, best) = e.searcher.search(&query, &(Count, TopDocs::with_limit(TOP).order_by_fast_field::<i64>("published", Order::Desc))).unwrap();
        std::hint::black_box(best.iter().map(|b| number(b.1)).collect::<Vec<_>>());
        return (n as u64, 0);
    }
    let (n, best) = e.searcher.search(&query, &(Count, TopDocs::with_limit(TOP).order_by_score())).unwrap();
    std::hint::black_box(best.iter().map(|b| number(b.1)).collect::<Vec<_>>());
    (n as u64, 0)
}

struct Shared {
    engine: Engine,
    queries: Vec<Asked>,
    answers: Vec<Mutex<(u64, u64)>>,
    answered: Vec<AtomicBool>,
}

/// One pass (`end` queries) or until the time is over; every run as (query, nanoseconds).
fn pass(shared: &Arc<Shared>, threads: usize, seconds: f64, end: u64) -> (Vec<(u32, u64)>, f64) {
    let next = Arc::new(AtomicU64::new(0));
    let from = Instant::now();
    let deadline = from + Duration::from_secs_f64(seconds);
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (shared, next) = (shared.clone(), next.clone());
            std::thread::spawn(move || {
                let mut samples = Vec::with_capacity(1 << 20);
                while Instant::now() < deadline {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= end {
                        break;
                    }
                    let i = (turn % shared.queries.len() as u64) as usize;
                    let start = Instant::now();
                    let answer = run(&shared.engine, &shared.queries[i]);
                    samples.push((i as u32, start.elapsed().as_nanos() as u64));
                    if !shared.answered[i].swap(true, Ordering::Relaxed) {
                        *shared.answers[i].lock().unwrap() = answer;
                    }
                }
                samples
            })
        })
        .collect();
    let samples = workers.into_iter().flat_map(|w| w.join().unwrap()).collect();
    (samples, from.elapsed().as_secs_f64())
}

fn measure(dir: &str, queries: &str, threads: usize, seconds: f64, out: &str) {
    let index = with_tokenizer(Index::open_in_dir(std::path::Path::new(dir).join("index")).unwrap());
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().unwrap();
    let searcher: Searcher = reader.searcher();
    let (schema, fields) = (index.schema(), schema().1);
    let queries = read_queries(queries);
    let n = queries.len();
    let shared = Arc::new(Shared {
        engine: Engine { searcher, schema, fields },
        queries,
        answers: (0..n).map(|_| Mutex::new((0, 0))).collect(),
        answered: (0..n).map(|_| AtomicBool::new(false)).collect(),
    });
    pass(&shared, threads, seconds, n as u64);
    let (samples, took) = pass(&shared, threads, seconds, u64::MAX);
    let mut f = BufWriter::new(File::create(out).unwrap());
    for i in 0..n {
        if shared.answered[i].load(Ordering::Relaxed) {
            let a = shared.answers[i].lock().unwrap();
            writeln!(f, "A\t{i}\t{}\t{}", a.0, a.1).unwrap();
        }
    }
    for (q, ns) in &samples {
        writeln!(f, "S\t{q}\t{ns}").unwrap();
    }
    println!("run {} {took:.3}", samples.len());
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let a: Vec<&str> = args[1..].iter().map(String::as_str).collect();
    match a.as_slice() {
        ["build", corpus, dir] => build(corpus, dir),
        ["run", dir, queries, threads, seconds, out] => measure(dir, queries, threads.parse().unwrap(), seconds.parse().unwrap(), out),
        _ => {
            eprintln!("usage: build CORPUS DIR | run DIR QUERIES THREADS SECONDS OUT");
            std::process::exit(2);
        }
    }
}
