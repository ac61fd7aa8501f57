//! Proves one compiled Cairo program with stwo-cairo, several times in one process, and prints a line of JSON for
//! each time. What the fields mean is in bench/README.md.
//!
//! usage: stwo-peer PROGRAM.json [--tables canonical|without-pedersen|small] [--repeat N] [--keep-coefficients]
use std::sync::Arc;
use std::time::Instant;

use cairo_air::verifier::verify_cairo;
use cairo_vm::cairo_run::{cairo_run_program, CairoRunConfig};
use cairo_vm::hint_processor::builtin_hint_processor::builtin_hint_processor_definition::BuiltinHintProcessor;
use cairo_vm::types::layout_name::LayoutName;
use cairo_vm::types::program::Program;
use stwo::core::fri::FriConfig;
use stwo::core::pcs::PcsConfig;
use stwo::core::poly::circle::CanonicCoset;
use stwo::core::utils::MaybeOwned;
use stwo::core::vcs_lifted::blake2_merkle::Blake2sMerkleChannel;
use stwo::prover::backend::simd::SimdBackend;
use stwo::prover::mempool::BaseColumnPool;
use stwo::prover::poly::circle::PolyOps;
use stwo::prover::CommitmentTreeProver;
use stwo_cairo_adapter::adapter::adapt;
use stwo_cairo_common::preprocessed_columns::preprocessed_trace::PreProcessedTraceVariant;
use stwo_cairo_prover::prover::{prove_cairo_with_precompute, ChannelHash, ProverParameters};
use stwo_cairo_prover::witness::preprocessed_trace::gen_trace;

/// The domain that prove_cairo() prepares twiddles for when no size is given.
const LOG_TWIDDLE_DOMAIN: u32 = 30;

/// What this process has used so far: user and system seconds, page faults, peak resident bytes.
fn usage() -> (f64, f64, i64, i64) {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + 1e-6 * t.tv_usec as f64;
    let faults = usage.ru_minflt + usage.ru_majflt;
    (seconds(usage.ru_utime), seconds(usage.ru_stime), faults, usage.ru_maxrss * 1024)
}

fn main() {
    let mut program_path = String::new();
    let mut tables = PreProcessedTraceVariant::CanonicalSmall;
    let mut repeat = 1;
    let mut keep_coefficients = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--tables" => {
                tables = match arguments.next().as_deref() {
                    Some("canonical") => PreProcessedTraceVariant::Canonical,
                    Some("without-pedersen") => PreProcessedTraceVariant::CanonicalWithoutPedersen,
                    Some("small") => PreProcessedTraceVariant::CanonicalSmall,
                    other => panic!("--tables {other:?}: canonical, without-pedersen or small"),
                }
            }
            "--repeat" => repeat = arguments.next().and_then(|n| n.parse().ok()).expect("--repeat N"),
            "--keep-coefficients" => keep_coefficients = true,
            path => program_path = path.to_string(),
        }
    }

    // The CLI's default, which it calls 96 bits: 26 + 1 * 70, one bit a query.
    let parameters = ProverParameters {
        channel_hash: ChannelHash::Blake2s,
        channel_salt: 0,
        pcs_config: PcsConfig {
            pow_bits: 26,
            fri_config: FriConfig {
                log_blowup_factor: 1,
                log_last_layer_degree_bound: 0,
                n_queries: 70,
                fold_step: 1,
            },
            lifting_log_size: None,
        },
        preprocessed_trace: tables,
        store_polynomials_coefficients: keep_coefficients,
        include_all_preprocessed_columns: false,
    };

    let start = Instant::now();
    let program = Program::from_file(program_path.as_ref(), Some("main")).expect("a compiled program");
    let config = CairoRunConfig {
        entrypoint: "main",
        trace_enabled: true,
        relocate_trace: false,
        layout: LayoutName::all_cairo_stwo,
        proof_mode: true,
        disable_trace_padding: true,
        fill_holes: true,
        ..Default::default()
    };
    let runner = cairo_run_program(&program, &config, &mut BuiltinHintProcessor::new_empty()).expect("a run");
    let run_seconds = start.elapsed().as_secs_f64();

    for repetition in 0..repeat {
        let before = usage();
        let start = Instant::now();
        let input = adapt(&runner).expect("an input of the prover");
        let steps = input.state_transitions.casm_states_by_opcode.counts().iter().map(|(_, n)| n).sum::<usize>();
        let adapt_seconds = start.elapsed().as_secs_f64();

        // What a proving server does once: twiddles and the commitment to the fixed tables.
        let start = Instant::now();
        let twiddles = SimdBackend::precompute_twiddles(
            CanonicCoset::new(LOG_TWIDDLE_DOMAIN).circle_domain().half_coset,
        );
        let trace = Arc::new(tables.to_preprocessed_trace());
        let polynomials = SimdBackend::interpolate_columns(gen_trace(trace.clone()), &twiddles);
        let pool = BaseColumnPool::new();
        let tree = CommitmentTreeProver::<SimdBackend, Blake2sMerkleChannel>::new(
            polynomials,
            parameters.pcs_config.fri_config.log_blowup_factor,
            &twiddles,
            keep_coefficients,
            None,
            &pool,
        );
        let tables_seconds = start.elapsed().as_secs_f64();
        let between = usage();

        let start = Instant::now();
        let proof = prove_cairo_with_precompute::<Blake2sMerkleChannel>(
            &pool,
            &twiddles,
            trace,
            MaybeOwned::Owned(tree),
            input,
            parameters,
        )
        .expect("a proof");
        let prove_seconds = start.elapsed().as_secs_f64();
        let after = usage();

        let start = Instant::now();
        verify_cairo::<Blake2sMerkleChannel>(proof.into()).expect("a proof that verifies");
        let verify_seconds = start.elapsed().as_secs_f64();
        println!(
            "{{\"repetition\": {repetition}, \"steps\": {steps}, \"run_seconds\": {run_seconds:.4}, \
             \"adapt_seconds\": {adapt_seconds:.4}, \"tables_seconds\": {tables_seconds:.4}, \
             \"prove_seconds\": {prove_seconds:.4}, \"verify_seconds\": {verify_seconds:.4}, \
             \"user_seconds\": {:.3}, \"system_seconds\": {:.3}, \
             \"prove_user_seconds\": {:.3}, \"prove_system_seconds\": {:.3}, \
             \"page_faults\": {}, \"peak_bytes\": {}, \"security_bits\": {}}}",
            after.0 - before.0,
            after.1 - before.1,
            after.0 - between.0,
            after.1 - between.1,
            after.2 - before.2,
            after.3,
            parameters.pcs_config.security_bits(),
        );
    }
}
