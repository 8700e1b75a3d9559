"""The three-vote appraisal: three groups judge the secretary, and nobody learns who said what."""
