#include "demo.h"

const demo_sector demo_sectors[4] = {
    {"health", {"hospital_trust", "surgery", "mental_health_trust", "community_trust"}, {"%s Hospitals Trust", "%s Surgery", "%s Mental Health Trust", "%s Community Health"},
     {{"Staff nurse", "nursing_and_midwifery", "band_5", 31049, 37796, "ward"}, {"Healthcare assistant", "additional_clinical_services", "band_2", 24465, 24465, "ward"},
      {"Physiotherapist", "allied_health_professionals", "band_6", 38682, 46580, "therapy team"}, {"Occupational therapist", "allied_health_professionals", "band_6", 38682, 46580, "therapy team"},
      {"Night porter", "estates_and_ancillary", "band_2", 24465, 24465, "portering team"}, {"Medical secretary", "administrative_and_clerical", "band_4", 27485, 30162, "clinic"},
      {"Consultant in emergency medicine", "medical_and_dental", "medical", 109725, 145478, "emergency department"}, {"Community midwife", "nursing_and_midwifery", "band_6", 38682, 46580, "community team"},
      {"Biomedical scientist", "healthcare_scientists", "band_6", 38682, 46580, "laboratory"}, {"Speech and language therapist", "allied_health_professionals", "band_6", 38682, 46580, "therapy team"},
      {"Ward clerk", "administrative_and_clerical", "band_3", 24937, 26598, "ward"}, {"Registered mental health nurse", "nursing_and_midwifery", "band_5", 31049, 37796, "crisis team"},
      {"Operating department practitioner", "allied_health_professionals", "band_5", 31049, 37796, "theatres"}, {"Clinical psychologist", "additional_professional_scientific_and_technical", "band_8a", 55690, 62682, "psychology service"},
      {"Radiographer", "allied_health_professionals", "band_5", 31049, 37796, "imaging department"}, {"Domestic assistant", "estates_and_ancillary", "band_2", 24465, 24465, "domestic team"},
      {"Pharmacist", "additional_professional_scientific_and_technical", "band_7", 47810, 54710, "pharmacy"}, {"Receptionist", "administrative_and_clerical", "band_2", 24465, 24465, "front desk"}, {0}}},
    {"local_government", {"council", "council", "council", "fire_service"}, {"%s Borough Council", "%s City Council", "%s District Council", "%s Fire and Rescue"},
     {{"Social worker", "social_care", "njc_e", 37938, 43693, "children's team"}, {"Planning officer", "planning_and_building", "njc_d", 33366, 38626, "planning service"},
      {"HGV driver", "environment_and_waste", "njc_c", 27711, 29572, "waste service"}, {"Librarian", "libraries_and_culture", "njc_c", 27711, 30559, "library"},
      {"Civil engineer", "highways_and_transport", "njc_f", 41511, 47754, "highways team"}, {"Customer adviser", "customer_services", "njc_b", 24790, 26409, "contact centre"},
      {"Solicitor", "finance_and_legal", "njc_g", 47754, 54064, "legal service"}, {"Web developer", "digital_and_data", "njc_e", 37938, 43693, "digital team"},
      {"Care assistant", "social_care", "njc_b", 24790, 25992, "day centre"}, {"Building control surveyor", "planning_and_building", "njc_e", 37938, 43693, "building control team"},
      {"Street cleaner", "environment_and_waste", "njc_a", 24027, 24404, "street scene team"}, {"Finance officer", "finance_and_legal", "njc_d", 33366, 38626, "finance team"}, {0}}},
    {"housing", {"housing_association", "housing_association", "almo", "housing_association"}, {"%s Homes", "%s Housing", "%s Council Homes", "%s and District Housing"},
     {{"Housing officer", "housing_management", "housing_3", 29500, 33800, "neighbourhood team"}, {"Gas engineer", "repairs_and_maintenance", "housing_3", 36000, 39500, "repairs team"},
      {"Support worker", "support_and_care", "housing_1", 23800, 24900, "supported housing"}, {"Electrician", "repairs_and_maintenance", "housing_3", 35500, 38900, "repairs team"},
      {"Development manager", "development", "housing_5", 48500, 55200, "new homes team"}, {"Income officer", "housing_management", "housing_2", 27000, 29400, "income team"},
      {"Scheme manager", "support_and_care", "housing_2", 26500, 28800, "retirement scheme"}, {"Surveyor", "repairs_and_maintenance", "housing_4", 40200, 45100, "asset team"}, {0}}},
    {"schools", {"school", "academy_trust", "school", "college"}, {"%s Primary School", "%s Academies", "%s High School", "%s College"},
     {{"Teaching assistant", "teaching_support", "support_scale", 22737, 24027, "Year 2"}, {"Teacher of mathematics", "teaching", "mps", 32916, 45352, "mathematics department"},
      {"Early career teacher", "teaching", "mps", 32916, 37101, "Key Stage 1"}, {"Deputy headteacher", "school_leadership", "leadership", 56316, 66919, "leadership team"},
      {"School cook", "school_operations", "support_scale", 23656, 24790, "kitchen"}, {"Site manager", "school_operations", "support_scale", 27711, 30060, "site team"},
      {"Pastoral support officer", "pupil_services", "support_scale", 25584, 27711, "pastoral team"}, {"Teacher of science", "teaching", "mps", 32916, 45352, "science department"},
      {"Special educational needs coordinator", "teaching", "ups", 47472, 51048, "inclusion team"}, {"School business manager", "school_operations", "support_scale", 38626, 44711, "office"}, {0}}},
};
const char *const demo_first_names[] = {"Amina", "Ben", "Carys", "David", "Elin", "Farah", "George", "Hannah", "Ifan", "Jaspreet", "Kwame", "Lucy", "Mohammed", "Niamh", "Oliver", "Priya", "Quentin",
                                        "Ruth", "Siân", "Tomasz", "Uma", "Victor", "Wendy", "Xin", "Yusuf", "Zoë", NULL};
const char *const demo_last_names[] = {"Adeyemi", "Brown", "Campbell", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal", "Jones", "Khan", "Lewis", "Morgan", "Nowak", "O'Brien", "Patel", "Quinn",
                                       "Roberts", "Singh", "Taylor", "Underwood", "Vaughan", "Williams", "Xu", "Young", "Zaman", NULL};
const char *const demo_duties[] = {"You will work with people of all ages and their families.", "You will plan your own week and keep good records.", "You will take part in a rota that includes some weekends.",
                                   "You will help new colleagues to settle in.", "You will work with other services across the area.", "You will look after equipment and report what is broken.",
                                   "You will speak up when something is not safe, and we will listen.", "You will help us to do more with less paper.", NULL};
const char *const demo_offers[] = {"27 days of leave and more with service", "A pension to which we add", "Time and money for training", "Flexible working from the first day", "A cycle scheme and free parking at some sites",
                                   "A named mentor for your first year", NULL};
const char *const demo_needs[] = {"Experience of work in a team", "Clear English, written and spoken", "The right to work in the United Kingdom", "A full driving licence", "Good knowledge of office software",
                                  "A calm way with people who are upset", "A relevant qualification or the will to get one", NULL};

size_t demo_count(const char *const *list)
{
    size_t n = 0;
    while (list[n]) n++;
    return n;
}
