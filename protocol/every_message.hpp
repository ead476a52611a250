// Every message of the contract, for what is made for each of them (protocol/codec).
#pragma once

#include "protocol/messages.hpp"

// Calls X(Message) for each.
// clang-format off
#define TASKBBS_EVERY_MESSAGE(X) \
    X(TaskView) \
    X(Task) \
    X(TaskEventView) \
    X(ExecutorEventView) \
    X(QueueEventView) \
    X(Tick) \
    X(Refusal) \
    X(HelloArgs) \
    X(HelloReply) \
    X(DesireArgs) \
    X(SeqReply) \
    X(ClaimArgs) \
    X(OwnedReply) \
    X(AcquireArgs) \
    X(AcquireReply) \
    X(StartArgs) \
    X(CompleteArgs) \
    X(RejectArgs) \
    X(RejectReply) \
    X(CancelArgs) \
    X(ResolvingArgs) \
    X(ResolveArgs) \
    X(GetArgs) \
    X(GetReply) \
    X(ListArgs) \
    X(ListReply) \
    X(ConvergeArgs) \
    X(ConvergeReply) \
    X(HeartbeatArgs) \
    X(HeartbeatReply) \
    X(DepartArgs) \
    X(DrainArgs) \
    X(ExecutorsArgs) \
    X(ExecutorsReply) \
    X(ExecutorView) \
    X(ReplayArgs) \
    X(ReplayReply) \
    X(StatsArgs) \
    X(ExplainArgs) \
    X(ExplainReply) \
    X(PauseArgs) \
    X(ResumeArgs) \
    X(PausedArgs) \
    X(PausedReply) \
    X(PauseView)
// clang-format on
