#!/usr/bin/env bash
# What every stage's batch script shares; submit copies it into job.sh, so that each is whole by itself.
# The shell is here for Slurm: signals reach it, and only it may requeue the job. All else is in Python.

# A retry must not END the job non-zero: Slurm judges `afterok` once and for all. So the job requeues
# itself and its dependents stay valid. cairn_pipeline.jobs.runner counts the lives and says 75 for "again".
requeue() {
  local try
  # Slurm would requeue a cancelled job as well; whoever cancelled it did not mean that. COMPLETING, while we
  # still run: Slurm is ending the job already. reconcile sees how, and submits it again if that was a loss.
  local state
  state=$(scontrol -o show job "$SLURM_JOB_ID" 2>/dev/null || true)
  if [[ $state == *JobState=CANCELLED* || $state == *JobState=COMPLETING* ]]; then exit 5; fi
  for try in 1 2 3 4 5 6 7 8 9 10; do
    if scontrol requeue "$SLURM_JOB_ID"; then
      sleep 600 # Slurm ends this script now
    fi
    echo "requeue refused, try $try of 10" >&2
    sleep $((try * 3))
  done
  exit 5
}

# stage NAME: runs one stage of $CAIRN_BLOCK, telling it of SIGTERM (cancelled, preempted) and SIGUSR1
# (the time limit comes near). bash runs a trap only between commands: hence the background and the wait.
stage() {
  local code child
  printf '%s life %s of job %s on %s\n' "$(date -u +%FT%TZ)" "$((${SLURM_RESTART_COUNT:-0} + 1))" "$SLURM_JOB_ID" "$(hostname)"
  "$CAIRN_PYTHON" -m cairn_pipeline.jobs.runner "$CAIRN_RUN" "$CAIRN_BLOCK" "$1" "$CAIRN_ATTEMPT" &
  child=$!
  trap 'kill -TERM "$child" 2>/dev/null || true' TERM USR1
  while :; do
    code=0
    wait "$child" || code=$?
    kill -0 "$child" 2>/dev/null || break # a trap ended the wait, not the child
  done
  trap - TERM USR1
  if [[ $code == 75 ]]; then requeue; fi
  exit "$code"
}
