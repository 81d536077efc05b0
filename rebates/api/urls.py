"""Calls of the rebates app, relative to the API's root."""

from __future__ import annotations

from django.urls import path

from rebates.api import referrals, support
from rebates.api.remote_subsidy import SubsidyApplications
from rebates.api.scorecards import RunningScorecard, Scorecards
from rebates.api.tier_reviews import TierReviews

_ONE = "market-support/<str:number>"

urlpatterns = [
    path("referral-leads", referrals.ReferralLeads.as_view()),
    path("referral-leads/<str:number>", referrals.ReferralLead.as_view()),
    path("referral-leads/<str:number>/follow-up", referrals.FollowUpLead.as_view()),
    path("referral-leads/<str:number>/deal", referrals.ReportLeadDeal.as_view()),
    path("referral-leads/<str:number>/assign", referrals.AssignLead.as_view()),
    path("referral-leads/<str:number>/confirm-deal", referrals.ConfirmLeadDeal.as_view()),
    path("referral-leads/<str:number>/reject-deal", referrals.RejectLeadDeal.as_view()),
    path("referral-leads/<str:number>/call-back", referrals.RecordCallBack.as_view()),
    path("market-support", support.MarketSupport.as_view()),
    path("market-support/quota", support.MarketSupportQuota.as_view()),
    path(_ONE, support.MarketSupportActivity.as_view()),
    path(f"{_ONE}/ask", support.AskForSupport.as_view()),
    path(f"{_ONE}/withdraw", support.WithdrawSupport.as_view()),
    path(f"{_ONE}/commit", support.CommitSupport.as_view()),
    path(f"{_ONE}/hand-in", support.HandInSupportProof.as_view()),
    path(f"{_ONE}/files", support.SupportFiles.as_view()),
    path(f"{_ONE}/files/<int:key>", support.SupportFileDetail.as_view()),
    path(f"{_ONE}/reserve", support.ReserveSupport.as_view()),
    path(f"{_ONE}/reject", support.RejectSupport.as_view()),
    path(f"{_ONE}/accept", support.AcceptSupport.as_view()),
    path(f"{_ONE}/send-back", support.SendSupportBack.as_view()),
    path(f"{_ONE}/refuse", support.RefuseSupport.as_view()),
    path(f"{_ONE}/reverse", support.ReverseSupport.as_view()),
    path("scorecards", Scorecards.as_view(), name="scorecards"),
    path("scorecards/running", RunningScorecard.as_view(), name="scorecard-running"),
    path("tier-reviews", TierReviews.as_view(), name="tier-reviews"),
    path("remote-subsidy-applications", SubsidyApplications.as_view(), name="remote-subsidy-applications"),
]
